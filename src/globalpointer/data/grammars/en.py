"""The English grammar of the sample corpus. Every name in it is invented or stands for nobody."""

RULES: dict[str, tuple[str, ...]] = {
    "document": (
        "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence} {sentence}", "{plain}",
    ),
    "sentence": (
        "{per} joined {org} in {place} as {title}.",
        "{per}, {title} of {org}, moved to {place} {date}.",
        "{Title} {per} praised the new {device}.",
        "{org} opened an office in {place} {date}.",
        "{org} will show the {device} at the {event}.",
        "The {event} begins {date} in {place}.",
        "{per} read {work} on the train to {place}.",
        "{work} by {per} won a prize at the {event}.",
        "{state} and {state} signed the {treaty} {date}.",
        "{state} refused to sell its ports to {org}.",
        "{per} and {per} walked from {place} to {place}.",
        "Shares of [ORG:{DOUBLE}] fell after {per} resigned.",
        "[ORG:{DOUBLE}] hired {per} {date}.",
        "It rained all week in [LOC:{DOUBLE}], said {per}.",
        "The road from [LOC:{DOUBLE}] to {place} is closed.",
        "{per} is writing a review of [WORK:{DOUBLE}] by {per}.",
        "Chapter nine of [WORK:{DOUBLE}] takes place in {place}.",
        "The battery of the [PRODUCT:{DOUBLE}] lasts two days, {per} found.",
        "{org} sold a million [PRODUCT:{DOUBLE}] phones {date}.",
        "Everyone in {place} knows [PER:{SHORT}].",
        "{per} left {org} {date} and joined [ORG:{DOUBLE}].",
    ),
    "plain": (
        "Nobody came to the {PLAIN} this {WEEKDAY}.",
        "The {PLAIN} was closed, so they went home.",
        "A {PLAIN} needs patience, and a good roof.",
        "They sold the old {PLAIN} and bought a smaller one.",
        "On most days the {PLAIN} is quiet until noon.",
    ),
    "per": (
        "[PER:{FIRST} {LAST}]", "[PER:{FIRST} {LAST}]", "[PER:{FIRST} {LAST}]", "[PER:{LAST}]", "[PER:{SHORT}]",
    ),
    "place": (
        "[LOC:{CITY}]", "[LOC:{CITY}]", "[LOC:{CITY}]", "[LOC:{COUNTRY}]", "[LOC:{STREET} Street in [LOC:{CITY}]]",
        "[LOC:Port of [LOC:{CITY}]]", "[LOC:{SMALL}]",
    ),
    "org": (
        "[ORG:{FIRM}]", "[ORG:{FIRM} {KIND}]", "[ORG:[LOC:{CITY}] {KIND}]", "[ORG:University of [LOC:{CITY}]]",
        "[ORG:[PER:{FIRST} {LAST}] Foundation]", "[ORG:[LOC:{COUNTRY}] Institute of {FIELD}]",
        "the [ORG:{FIELD} Department of the [ORG:University of [LOC:{CITY}]]]",
    ),
    "title": ("[TITLE:{ROLE}]", "[TITLE:{ROLE}]", "[TITLE:{ROLE} for {FIELD}]"),
    "Title": ("[TITLE:Professor]", "[TITLE:Mayor]", "[TITLE:Doctor]", "[TITLE:[ORG:{FIRM}] chairman]",
              "[TITLE:[LOC:{COUNTRY}] ambassador]"),
    "device": ("[PRODUCT:{THING} {NUMBER}]", "[PRODUCT:[ORG:{FIRM}] {THING}]", "[PRODUCT:{DOUBLE} {NUMBER}]"),
    "work": (
        "[WORK:The {ADJECTIVE} {NOUN}]", "[WORK:The {ADJECTIVE} {NOUN} of [LOC:{CITY}]]",
        "[WORK:A Short History of {FIELD} in [LOC:{COUNTRY}]]", "[WORK:Letters to [PER:{FIRST}]]",
    ),
    "event": (
        "[EVENT:[LOC:{CITY}] {MEETING}]", "[EVENT:{ORDINAL} {MEETING} on {FIELD}]",
        "[EVENT:{ORDINAL} International {MEETING} on {FIELD} and {FIELD} in [LOC:{CITY}]]", "[EVENT:{MEETING}]",
    ),
    "treaty": ("[WORK:Treaty of [LOC:{CITY}]]", "[WORK:{FIELD} Agreement]"),
    "state": ("[LOC+ORG:{COUNTRY}]",),
    "date": (
        "[DATE:on {WEEKDAY}]", "[DATE:in {MONTH}]", "[DATE:in {MONTH} {YEAR}]", "[DATE:in the spring of {YEAR}]",
        "[DATE:yesterday]", "[DATE:on {NUMBER} {MONTH} {YEAR}]",
    ),
    "FIRST": (
        "Anna", "Boris", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Irene", "Jonas", "Karin", "Leon",
        "Maria",
        "Nils", "Olga", "Peter", "Rosa", "Simon", "Tilda", "Viktor", "Wanda", "Yusuf", "Zoe", "Amir",
    ),
    "LAST": (
        "Adler", "Brandt", "Castell", "Dahl", "Eriksen", "Farrow", "Grimaldi", "Hollis", "Ivers", "Jansen",
        "Keller",
        "Lindqvist", "Marlow", "Novak", "Okafor", "Petrov", "Quist", "Renner", "Sandoval", "Thorne", "Ulrich",
        "Vance",
        "Weller", "Yamada",
    ),
    "SHORT": ("Al", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ike", "Jo", "Kit", "Lu"),
    "CITY": (
        "Ashbourne", "Bellmere", "Carrow", "Dunhaven", "Eastwick", "Fairholm", "Glenmoor", "Harwich", "Ironbridge",
        "Kingsford", "Larkspur", "Millbrook", "Northgate", "Oakhurst", "Pendle", "Queensbay", "Rivermouth",
        "Stonehill",
    ),
    "SMALL": ("Ur", "Ys", "Eck", "Oban", "Ria", "Aix"),
    "COUNTRY": (
        "Norland", "Vestria", "Marenia", "Ostova", "Caldonia", "Sarvia", "Tirania", "Belgravia", "Ruritania",
        "Zembla",
        "Arcania", "Lutha",
    ),
    "STREET": ("Harbour", "Mill", "Chapel", "Orchard", "Garden", "Bridge"),
    "FIRM": (
        "Altavia", "Borealis", "Corvex", "Dynamo", "Elvaris", "Fenwick", "Galdor", "Helixon", "Inverra", "Juno",
        "Kronos",
        "Lumina", "Meridian", "Nexora", "Orbis", "Pallas", "Quantis", "Ravel",
    ),
    "KIND": ("Bank", "Motors", "Airways", "Steel", "Insurance", "Press"),
    "FIELD": (
        "Physics", "Music", "Trade", "Fisheries", "Medicine", "Chemistry", "Astronomy", "Forestry", "Energy", "Law",
        "Transport", "Education",
    ),
    "ROLE": (
        "engineer", "director", "editor", "treasurer", "head of research", "spokeswoman", "chief executive",
        "secretary",
        "vice president", "adviser", "lawyer", "archivist",
    ),
    "THING": (
        "Glider", "Pulse", "Vector", "Tablet", "Comet", "Scribe", "Lantern", "Rover", "Falcon", "Prism", "Echo",
        "Atlas",
    ),
    "DOUBLE": (
        "Kestrel", "Amber", "Juniper", "Saffron", "Orion", "Magnolia", "Cascade", "Sable", "Tundra", "Willow",
               "Onyx", "Heron"),
    "ADJECTIVE": (
        "Silent", "Crooked", "Golden", "Last", "Hidden", "Broken", "Distant", "Burning", "Patient", "Winter",
    ),
    "NOUN": (
        "Garden", "Lighthouse", "Orchestra", "Mirror", "Harvest", "Staircase", "Island", "Clockmaker", "Bridge",
             "Letter"),
    "MEETING": ("Conference", "Summit", "Festival", "Symposium", "Congress", "Fair"),
    "ORDINAL": ("First", "Second", "Third", "Fourth", "Fifth", "Tenth"),
    "NUMBER": ("2", "3", "5", "7", "9", "11", "14", "20"),
    "MONTH": ("January", "March", "April", "June", "August", "October", "November", "December"),
    "WEEKDAY": ("Monday", "Tuesday", "Thursday", "Friday", "Sunday"),
    "YEAR": ("1984", "1997", "2003", "2008", "2015", "2019", "2021", "2024"),
    "PLAIN": ("garden", "library", "bridge", "market", "orchard", "tower", "station", "museum"),
}  # fmt: skip

NEW_SENTENCES: tuple[str, ...] = (
    "Greta Novak left the University of Harwich to become chief executive of Kestrel.",
    "Rain fell on Kestrel while Felix Thorne finished reading Kestrel by Rosa Keller.",
    "Vestria and Norland signed the Treaty of Bellmere in the spring of 2003, said Mayor Okafor.",
    "The Second International Summit on Energy and Trade in Larkspur was cancelled.",
)

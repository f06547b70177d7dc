"""The English grammar of the sample corpus. Every name in it is invented or stands for nobody."""

RULES: dict[str, tuple[str, ...]] = {
    "document": (
        "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence} {sentence}", "{plain}",
    ),
    "sentence": (
        "{per} <joined> {org} in {place} as {title}."
        " | per works_for org | per has_title title | org located_in place"
        " | join: trigger=joined person=per employer=org position=title",
        "{per}, {title} of {org}, <moved> to {place} {date}."
        " | per works_for org | per has_title title | move: trigger=moved person=per destination=place date=date",
        "{titled} praised the new {device}.",
        "{org} <opened> an office in {place} {date}."
        " | org located_in place | open: trigger=opened organization=org location=place date=date",
        "{org} will <show> the {device} at the {event}."
        " | launch: trigger=show organization=org product=device venue=event",
        "{org} <unveiled> the {device} in {place} {date}."
        " | launch: trigger=unveiled organization=org product=device venue=place date=date",
        "The {event} <begins> {date} in {place}."
        " | event located_in place | open: trigger=begins meeting=event location=place date=date",
        "{per} read {work} on the train to {place}.",
        "{work} by {per} won a prize at the {event}. | per wrote work",
        "{first=state} and {second=state} <signed> the {treaty} {date}."
        " | sign: trigger=signed party=first party=second document=treaty date=date",
        "{state} refused to sell its ports to {org}.",
        "{first=per} and {second=per} <walked> from {from=place} to {to=place}."
        " | move: trigger=walked person=first person=second origin=from destination=to",
        "{per} <left> {from=place} {date} for {to=place}."
        " | move: trigger=left person=per origin=from destination=to date=date",
        "Shares of [ORG:{DOUBLE}] fell after {per} <resigned>."
        " | resign: trigger=resigned person=per employer=org",
        "[ORG:{DOUBLE}] <hired> {per} {date}."
        " | per works_for org | hire: trigger=hired person=per employer=org date=date",
        "{org} <hired> {first=per} and {second=per} {date}."
        " | first works_for org | second works_for org"
        " | hire: trigger=hired person=first person=second employer=org date=date",
        "[ORG:{DOUBLE}] <hired> {new=per} as {title} {date}, days after {old=per} <resigned>."
        " | new works_for org | new has_title title"
        " | hire: trigger=hired person=new employer=org position=title date=date"
        " | resign: trigger=resigned person=old employer=org",
        "It rained all week in [LOC:{DOUBLE}], said {per}.",
        "The road from [LOC:{DOUBLE}] to {place} is closed.",
        "{per} is writing a review of [WORK:{DOUBLE}] by {author=per}. | author wrote work",
        "Chapter nine of [WORK:{DOUBLE}] takes place in {place}.",
        "The battery of the [PRODUCT:{DOUBLE}] lasts two days, {per} found.",
        "{org} sold a million [PRODUCT:{DOUBLE}] phones {date}. | org makes product",
        "Everyone in {place} knows [PER:{SHORT}].",
        "{per} <left> {old=org} {date} and <joined> [new=ORG:{DOUBLE}]."
        " | per works_for new | resign: trigger=left person=per employer=old date=date"
        " | join: trigger=joined person=per employer=new",
        "{per} founded {org} {date} and still works there. | per founded org | per works_for org",
        "{per} founded {org} and has run it ever since. | per founded org | per works_for org",
        "{org} was founded by {first=per} and {second=per}. | first founded org | second founded org",
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
    "titled": (
        "[TITLE:Professor] {per} | per has_title title",
        "[TITLE:Mayor] {per} | per has_title title",
        "[TITLE:Doctor] {per} | per has_title title",
        "[TITLE:{firm} chairman] {per} | per has_title title | per works_for firm",
        "[TITLE:{country} ambassador] {per} | per has_title title",
    ),
    "place": (
        "{city}", "{city}", "{city}", "{country}", "[street=LOC:{STREET} Street in {city}] | street located_in city",
        "[port=LOC:Port of {city}] | port located_in city", "[LOC:{SMALL}]",
    ),
    "city": ("[LOC:{CITY}]",),
    "country": ("[LOC:{COUNTRY}]",),
    "firm": ("[ORG:{FIRM}]",),
    "org": (
        "{firm}", "[ORG:{FIRM} {KIND}]", "[ORG:{city} {KIND}] | org located_in city", "{university}",
        "[ORG:[PER:{FIRST} {LAST}] Foundation] | org named_after per",
        "[ORG:{country} Institute of {FIELD}] | org located_in country",
        "the [ORG:{FIELD} Department of the {university}] | org part_of university",
    ),
    "university": ("[ORG:University of {city}] | org located_in city",),
    "title": ("[TITLE:{ROLE}]", "[TITLE:{ROLE}]", "[TITLE:{ROLE} for {FIELD}]"),
    "device": (
        "[PRODUCT:{THING} {NUMBER}]", "[PRODUCT:{firm} {THING}] | firm makes product", "[PRODUCT:{DOUBLE} {NUMBER}]",
    ),
    "work": (
        "[WORK:The {ADJECTIVE} {NOUN}]", "[WORK:The {ADJECTIVE} {NOUN} of {city}]",
        "[WORK:A Short History of {FIELD} in {country}]", "[WORK:Letters to [PER:{FIRST}]]",
    ),
    "event": (
        "[EVENT:{city} {MEETING}] | event located_in city", "[EVENT:{ORDINAL} {MEETING} on {FIELD}]",
        "[EVENT:{ORDINAL} International {MEETING} on {FIELD} and {FIELD} in {city}] | event located_in city",
        "[EVENT:{MEETING}]",
    ),
    "treaty": ("[WORK:Treaty of {city}]", "[WORK:{FIELD} Agreement]"),
    "state": ("[LOC+ORG:{COUNTRY}]",),
    "date": (
        "[DATE:on {WEEKDAY}]", "[DATE:in {MONTH}]", "[DATE:in {MONTH} {YEAR}]", "[DATE:in the spring of {YEAR}]",
        "[DATE:yesterday]", "[DATE:on {NUMBER} {MONTH} {YEAR}]",
    ),
    "FIRST": (
        "Anna", "Boris", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Irene", "Jonas", "Karin", "Leon",
        "Maria", "Nils", "Olga", "Peter", "Rosa", "Simon", "Tilda", "Viktor", "Wanda", "Yusuf", "Zoe", "Amir",
    ),
    "LAST": (
        "Adler", "Brandt", "Castell", "Dahl", "Eriksen", "Farrow", "Grimaldi", "Hollis", "Ivers", "Jansen",
        "Keller", "Lindqvist", "Marlow", "Novak", "Okafor", "Petrov", "Quist", "Renner", "Sandoval", "Thorne",
        "Ulrich", "Vance", "Weller", "Yamada",
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
        "Zembla", "Arcania", "Lutha",
    ),
    "STREET": ("Harbour", "Mill", "Chapel", "Orchard", "Garden", "Bridge"),
    "FIRM": (
        "Altavia", "Borealis", "Corvex", "Dynamo", "Elvaris", "Fenwick", "Galdor", "Helixon", "Inverra", "Juno",
        "Kronos", "Lumina", "Meridian", "Nexora", "Orbis", "Pallas", "Quantis", "Ravel",
    ),
    "KIND": ("Bank", "Motors", "Airways", "Steel", "Insurance", "Press"),
    "FIELD": (
        "Physics", "Music", "Trade", "Fisheries", "Medicine", "Chemistry", "Astronomy", "Forestry", "Energy", "Law",
        "Transport", "Education",
    ),
    "ROLE": (
        "engineer", "director", "editor", "treasurer", "head of research", "spokeswoman", "chief executive",
        "secretary", "vice president", "adviser", "lawyer", "archivist",
    ),
    "THING": (
        "Glider", "Pulse", "Vector", "Tablet", "Comet", "Scribe", "Lantern", "Rover", "Falcon", "Prism", "Echo",
        "Atlas",
    ),
    "DOUBLE": (
        "Kestrel", "Amber", "Juniper", "Saffron", "Orion", "Magnolia", "Cascade", "Sable", "Tundra", "Willow",
        "Onyx", "Heron",
    ),
    "ADJECTIVE": (
        "Silent", "Crooked", "Golden", "Last", "Hidden", "Broken", "Distant", "Burning", "Patient", "Winter",
    ),
    "NOUN": (
        "Garden", "Lighthouse", "Orchestra", "Mirror", "Harvest", "Staircase", "Island", "Clockmaker", "Bridge",
        "Letter",
    ),
    "MEETING": ("Conference", "Summit", "Festival", "Symposium", "Congress", "Fair"),
    "ORDINAL": ("First", "Second", "Third", "Fourth", "Fifth", "Tenth"),
    "NUMBER": ("2", "3", "5", "7", "9", "11", "14", "20"),
    "MONTH": ("January", "March", "April", "June", "August", "October", "November", "December"),
    "WEEKDAY": ("Monday", "Tuesday", "Thursday", "Friday", "Sunday"),
    "YEAR": ("1984", "1997", "2003", "2008", "2015", "2019", "2021", "2024"),
    "PLAIN": ("garden", "library", "bridge", "market", "orchard", "tower", "station", "museum"),
}  # fmt: skip

QUESTIONS: dict[str, tuple[str, ...]] = {
    "join": ("person: Who joined {employer}?", "employer: What did {person} join?"),
    "move": (
        "destination: Where did {person} go?", "person: Who went to {destination}?",
        "date: When did {person} go to {destination}?",
    ),
    "open": (
        "location: Where did {organization} open an office?", "date: When did {organization} open an office?",
        "location: Where does the {meeting} begin?", "date: When does the {meeting} begin?",
    ),
    "launch": ("product: What did {organization} present?", "organization: Who presented the {product}?"),
    "sign": (
        "document: What did {party} sign?", "party: Who signed the {document}?",
        "date: When was the {document} signed?",
    ),
    "resign": ("person: Who left {employer}?", "date: When did {person} leave {employer}?"),
    "hire": (
        "person: Whom did {employer} hire?", "employer: Who hired {person}?",
        "date: When did {employer} hire {person}?", "position: As what was {person} hired?",
    ),
    "works_for": ("object: Who does {subject} work for?",),
    "has_title": ("object: What is the job of {subject}?",),
    "wrote": ("subject: Who wrote {object}?", "object: Which book is by {subject}?"),
    "founded": ("subject: Who founded {object}?", "object: What did {subject} found?"),
    "makes": ("subject: Who makes the {object}?",),
}  # fmt: skip
"""What can be asked of relations and events: see `globalpointer.data.grammars.ask`."""

NEW_SENTENCES: tuple[str, ...] = (
    "Greta Novak left the University of Harwich in March and joined Kestrel as head of research.",
    "Kestrel was founded by Anna Keller and Felix Thorne, said Hugo Brandt, lawyer of Kestrel.",
    "Vestria and Norland signed the Treaty of Bellmere in the spring of 2003, said Mayor Okafor.",
    "The Second International Summit on Energy and Trade in Larkspur begins on Friday in Harbour Street in Pendle.",
)

NEW_QUESTIONS: tuple[str, ...] = (
    "Who joined Kestrel?",
    "Who founded Kestrel?",
    "When was the Treaty of Bellmere signed?",
    "When did Hugo Brandt leave Kestrel?",
)
"""Asked of the new sentences together; the last one they do not answer."""

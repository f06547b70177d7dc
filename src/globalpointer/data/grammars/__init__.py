"""The grammars of the sample corpus, one a language: rules, each with several ways to write it.

Rules in capitals are lists of words, the others are patterns:

    "[ORG:{FIRM}] <hired> {new=per} {date}, days after {old=per} <resigned>."
    " | new works_for org"
    " | hire: trigger=hired person=new employer=org date=date"
    " | resign: trigger=resigned person=old employer=org",

`{per}` stands for one of the ways of the rule `per`, `[ORG:...]` is an entity, `[LOC+ORG:...]` an entity with two
labels, `<hired>` marks a word that names an event. Behind each ` | ` stands what the pattern says: a relation
(subject, label, object), or an event and its arguments. They speak of the marks by name: the name in front of `=`,
else the rule, the (first) label in small letters, or the marked word itself. A rule is the longest span in it that has
a name, and an entity with two labels stands in relations by the first. What lies in a rule has no name outside.
"""

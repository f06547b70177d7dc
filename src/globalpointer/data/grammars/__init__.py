"""The grammars of the sample corpus, one a language.

A rule has several ways; in a way, `{rule}` stands for one of the rule's ways, `[LABEL:...]` marks an entity, and
`[ONE+TWO:...]` an entity with two labels. Rules in capitals are lists of words.
"""

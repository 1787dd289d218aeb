"""Names and addresses of a file that writes all in capitals, as people write them."""

import re

# Words that stay in capitals though they could be read as words.
_CAPITALS = """
    ACL AIDS AP ARUP CAP CLIA CLS CPC DBA DC DNA DO EP ENT ER GI GYN HCA HIV HMO ICU II III IV IU IUPUI LLC LLP LP MD
    MDX MUSC NCI NE NIH NW NYU OB OHSU PA PC PLC PLLC PO PSC RN RNA SC SE SUNY SW TB UAB UC UCI UCLA UCSD UCSF UF UI UIC
    UMC UNC UPMC UR US USA USC UT UTMB UVA UW VA VAMC VCU VI VII WVU YMCA
"""
# Words without vowels that are shortened words, not initials.
_SHORTENED = """
    BLDG BLVD BR BRWY CH CLNC CT CTR CTRS CTY DR DRS DPT FT GRP HGTS HLTH HTS HWY JCT JR LABS LN LTD MGMT MR MRS MS MT
    MTN MTS NTL PK PKWY PL PLZ PT PTS RD RM SPGS SQ SR ST STS SVC SVCS TR TRL TWP XING
"""
_SMALL = "a an and at by de del for in of on or the to with"
_STAYING, _KNOWN_SHORT, _LOWERED = (frozenset(words.split()) for words in (_CAPITALS, _SHORTENED, _SMALL))
_WORD = re.compile(r"[^\W_]+(?:['’.&][^\W_]+)*", re.UNICODE)
_ORDINAL = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_MC = re.compile(r"MC[B-DF-HJ-NP-TV-Z][A-Z]{2,}|MC[AEIOUY][A-Z]{3,}")
_VOWELS = frozenset("AEIOUY")


def readable(text: str) -> str:
    """*text* with small letters where it is all in capitals; as it is where somebody chose its letters already."""
    if any(letter.islower() for letter in text):
        return text
    return _WORD.sub(lambda found: _word(found.group(), first=found.start() == 0), text)


def _word(word: str, *, first: bool) -> str:
    if word.lower() in _LOWERED and not first:
        return word.lower()
    if _ORDINAL.fullmatch(word):
        return word.lower()
    if _stays(word):
        return word
    if _MC.fullmatch(word):
        return f"Mc{word[2:].capitalize()}"
    for mark in "'’":
        head, found, tail = word.partition(mark)
        if found:
            # O'Brien, but Children's.
            return _word(head, first=first) + mark + (tail.lower() if len(tail) < 3 else tail.capitalize())
    return word.capitalize()


def _stays(word: str) -> bool:
    if word in _STAYING or len(word) == 1 or "&" in word or any(letter.isdigit() for letter in word):
        return True
    if "." in word:
        return all(len(part) == 1 for part in word.split("."))
    return word.isascii() and word not in _KNOWN_SHORT and not _VOWELS & set(word) and word.isalpha()

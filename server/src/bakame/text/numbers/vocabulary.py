"""The words of numbers: data only, no rules. Keys are in the form that `scan` gives them (lower case, no accents)."""

from collections.abc import Mapping
from typing import Final, TypeVar

from bakame.text.wordlists import word_set

_V = TypeVar("_V")


def by_word(spellings: Mapping[_V, str]) -> dict[str, _V]:
    """Turns "meaning: its spellings, the usual one first" round."""
    return {word: meaning for meaning, words in spellings.items() for word in words.split()}


DIGITS: Final = by_word(
    {
        0: "zero nought naught nil ziro zro zeero",
        1: "one",
        2: "two",
        3: "three thre",
        4: "four",
        5: "five fiv fife",
        6: "six",
        7: "seven sevn",
        8: "eight eigth eigh eigt",
        9: "nine niner",
    }
)
ZERO_LETTERS: Final = word_set("oh o")
"""Zero, but only after another digit: "one oh five"."""
REPEATED_DIGIT: Final = {"double": 2, "triple": 3, "treble": 3}
TEENS: Final = by_word(
    {
        10: "ten",
        11: "eleven elven eleve",
        12: "twelve twelv twelf",
        13: "thirteen thirten tirteen",
        14: "fourteen forteen fourten",
        15: "fifteen fiften fiveteen",
        16: "sixteen sixten",
        17: "seventeen seventen",
        18: "eighteen eighten eightteen",
        19: "nineteen ninteen nineten",
    }
)
TENS: Final = by_word(
    {
        20: "twenty twenti tweny",
        30: "thirty thirthy therty thirti tirty",
        40: "forty fourty fourthy forthy",
        50: "fifty fivety fiffty fifthy fifti fity fify",
        60: "sixty sixthy",
        70: "seventy seventhy",
        80: "eighty eigthy eightty",
        90: "ninety ninty nintey ninethy",
    }
)
HUNDRED: Final = word_set("hundred hundreds hunderd hundered hundread handred handreds")
SCALES: Final = {
    "thousand": 10**3,
    "thousands": 10**3,
    "thousend": 10**3,
    "tousand": 10**3,
    "tousands": 10**3,
    "thausand": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "milion": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "trillion": 10**12,
}
DOZEN: Final = word_set("dozen dozens")

HALVES: Final = word_set("half halves halfs haf haff hafl")
QUARTERS: Final = word_set("quarter quarters")
UNIT_ORDINALS: Final = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9}
"""Parts named by one word under ten. "First" and "second" name no part."""
ORDINALS: Final = {
    **UNIT_ORDINALS,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
    "hundredth": 100,
    "thousandth": 1000,
    "millionth": 10**6,
}

HOMOPHONES: Final = {
    "to": 2,
    "too": 2,
    "tu": 2,
    "for": 4,
    "fore": 4,
    "ate": 8,
    "won": 1,
    "wan": 1,
    "tree": 3,
    "free": 3,
    "sex": 6,
    "sicks": 6,
    "siks": 6,
    "tow": 2,
    "fife": 5,
    "tin": 10,
    "none": 0,
    "nothing": 0,
}
"""What a recogniser writes for a number; believed only when it is the whole of what was said."""
FILLERS: Final = word_set(
    "um uh er erm eh hmm mm mmm ah the answer ans is it its it's i think please maybe say guess that's my "
    "well ok okay yes teacher sir madam ni there are left remains remaining hasigaye only just"
)

NEGATIVE: Final = word_set("minus negative neg moins hasi minos munus negetive negativ")
POINT: Final = word_set("point dot comma decimal poin virgule virigule akitso akadomo nukta")
OVER: Final = word_set("over upon slash")
PERCENT: Final = word_set("% percent percents percentage pct parcent persent pourcent")
PERCENT_BEFORE: Final = word_set("% asilimia")
PERCENT_PAIRS: Final = frozenset({("per", "cent"), ("pour", "cent"), ("ku", "ijana"), ("kwa", "mia")})
CORRECTIONS: Final = word_set(
    "no nope sorry wait actually mean oops rather correction instead make oya mbabarira non pardon hapana samahani"
)
RETRACTIONS: Final = word_set("no nope wait oops oya non hapana")
"""Said last, they take the number back."""
NEGATIONS: Final = word_set("not isn't isnt never wasn't si sio ntabwo pas")
RESULTS: Final = word_set("is makes gives are be make give ni font fait donne donnent gets get got bingana")
EQUALS: Final = word_set("= equals equal egale")
INFIX: Final = word_set(
    "+ - * / ÷ ^ < > times plus minus multiply multiplied divided divide subtract add and & x by from fois mara "
    "gukuba guteranya kuvanamo ukuyemo gukuramo kongeraho ongeraho jumlisha"
)
"""Between two numbers they make a sum of them, which is not an answer."""
OPERATIONS: Final = word_set("* / ÷ ^")
"""Before the first number, they say that something before it is missing."""
UNFINISHED: Final = POINT | OVER | word_set("and plus minus / + *")
"""Said last, they announce more: "zero point"."""
PREFIX: Final = word_set("root sqrt twice thrice double triple √")
POSTFIX: Final = word_set("squared cubed factorial ^ ones twos threes fours fives sixes sevens eights nines tens")
"""Said after a number, they make it a sum: "five squared", "seven eights"."""
PRONOUN_BEFORE_ONE: Final = word_set(
    "this that first second third fourth last no any another which some every other hard easy next each easier harder"
)
PRONOUN_AFTER_ONE: Final = word_set("more moment sec by another who whose that of")
NOUN_BEFORE_ONE: Final = word_set("answer number result total is")
"""Between "the" and a "one" that is a number after all: "the answer one"."""
PLURAL_SCALES: Final = word_set("hundreds handreds thousands tousands millions billions")
VAGUE: Final = word_set("something bit ish wrong false incorrect")
"""After a number, they take its value away: "fifty something", "56 is wrong"."""
MONTHS: Final = word_set(
    "january february april june july august september october november december "
    "mutarama gashyantare werurwe mata gicurasi kamena nyakanga kanama nzeri ukwakira ugushyingo ukuboza"
)

TRAILERS: Final = word_set("pls plz please only")
"""Typed against the digits before them: "56pls"."""
LABELS: Final = word_set("ans answer is its")
"""Typed against the digits: "ans56"."""

# Kinyarwanda: the stem takes the class of what is counted, so one number has many words.
RW_UNITS: Final = by_word(
    {
        0: "zeru ubusa",
        1: "rimwe imwe umwe kimwe bumwe rumwe kamwe limwe",
        2: "kabiri ebyiri babiri bibiri abiri ibiri tubiri zibiri kabili ebyili babili bibili abili",
        3: "gatatu eshatu batatu bitatu itatu atatu dutatu",
        4: "kane enye bane bine ine ane",
        5: "gatanu eshanu batanu bitanu itanu atanu dutanu",
        6: "gatandatu esheshatu batandatu bitandatu itandatu atandatu dutandatu",
        7: "karindwi indwi barindwi birindwi irindwi arindwi turindwi ndwi zirindwi kalindwi",
        8: "umunani munani inani anani",
        9: "icyenda cyenda",
    }
)
RW_ALONE: Final = {
    "icumi": 10,
    "cumi": 10,
    "makumyabiri": 20,
    "makumyabili": 20,
    "ijana": 100,
    "kumi": 10,
    "igihumbi": 1000,
}
RW_SCALES: Final = {"mirongo": 10, "magana": 100, "ibihumbi": 1000, "miliyoni": 10**6}
RW_BARE: Final = word_set("miliyoni")
"""Scales that mean one of them when no number follows."""
RW_OF_THOUSANDS: Final = word_set("bibiri bibili bitatu bine bitanu bitandatu birindwi")
"""Forms that agree with "ibihumbi": before hundreds they are thousands, "bibiri na magana atanu" is 2,500."""
RW_HALF: Final = "igice"
RW_PARTS: Final = word_set("cya bya")
"""Between two numbers: a fraction, "bitatu bya kane" (three quarters)."""

SW_UNITS: Final = {
    "sifuri": 0,
    "moja": 1,
    "mmoja": 1,
    "kimoja": 1,
    "mbili": 2,
    "wawili": 2,
    "viwili": 2,
    "mawili": 2,
    "tatu": 3,
    "watatu": 3,
    "vitatu": 3,
    "matatu": 3,
    "nne": 4,
    "wanne": 4,
    "vinne": 4,
    "manne": 4,
    "tano": 5,
    "watano": 5,
    "vitano": 5,
    "matano": 5,
    "sita": 6,
    "saba": 7,
    "nane": 8,
    "tisa": 9,
}
SW_ALONE: Final = {
    "kumi": 10,
    "ishirini": 20,
    "thelathini": 30,
    "arobaini": 40,
    "hamsini": 50,
    "sitini": 60,
    "sabini": 70,
    "themanini": 80,
    "tisini": 90,
}
SW_SCALES: Final = {"mia": 100, "elfu": 1000, "laki": 10**5, "milioni": 10**6}
SW_PARTS: Final = {"nusu": 2, "theluthi": 3, "robo": 4}

FR_NUMBERS: Final = {
    "zero": 0,
    "un": 1,
    "une": 1,
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "sept": 7,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "onze": 11,
    "douze": 12,
    "treize": 13,
    "quatorze": 14,
    "quinze": 15,
    "seize": 16,
    "vingt": 20,
    "vingts": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "nonante": 90,
}
FR_HUNDRED: Final = word_set("cent cents")
FR_SCALES: Final = {"mille": 10**3, "million": 10**6, "millions": 10**6}
FR_PARTS: Final = by_word(
    {
        2: "demi demie demis demies moitie moities",
        3: "tiers",
        4: "quart quarts",
        5: "cinquieme cinquiemes",
        6: "sixieme sixiemes",
        7: "septieme septiemes",
        8: "huitieme huitiemes",
        9: "neuvieme neuviemes",
        10: "dixieme dixiemes",
        11: "onzieme onziemes",
        12: "douzieme douziemes",
        15: "quinzieme quinziemes",
        20: "vingtieme vingtiemes",
        100: "centieme centiemes",
        1000: "millieme milliemes",
    }
)

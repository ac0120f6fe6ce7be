"""Every wording of each command, in English, Kinyarwanda, French and Swahili: data only.

Phrases are in the form that `normalise` gives: lower case, no accents, no apostrophes.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bakame.text.wordlists import word_set


class Command(StrEnum):
    """What can be asked for at any time."""

    HELP = "help"
    STOP = "stop"
    """Send me nothing more."""
    START = "start"
    MATH = "math"
    ENGLISH = "english"
    READ = "read"
    DEBATE = "debate"
    ASK = "ask"
    """A question to the tutor; its argument is the question."""
    MENU = "menu"
    HINT = "hint"
    SKIP = "skip"
    STATUS = "status"
    NAME = "name"
    LANG = "lang"
    """Another language; its argument is the code of a known one, else as it was written."""
    CALL = "call"
    """Call me."""
    TEACHER = "teacher"
    """A message to a person; its argument is the message."""
    JOIN = "join"
    """Join a class; its argument is the code, in capitals."""
    RACE = "race"
    """A race of mental maths."""
    PIN = "pin"
    """Its argument is the new PIN, or "off"."""
    WHO = "who"
    """Another learner on this phone."""
    REPEAT = "repeat"
    DONT_KNOW = "dont_know"
    WAIT = "wait"
    SLOWER = "slower"
    BYE = "bye"


def _list(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


WRITTEN: Final[Mapping[Command, tuple[str, ...]]] = {
    Command.HELP: _list(
        "help, help me, info, commands, ubufasha, mfasha, mumfashe, nkeneye ubufasha, aide, aide moi, "
        "aidez moi, msaada, nisaidie, i need help, i want help"
    ),
    Command.MATH: _list(
        "math, maths, mathematics, do math, do maths, math lesson, maths lesson, math class, maths class, "
        "learn maths, imibare, kwiga imibare, mathematiques, les maths, calcul, hesabu, hisabati"
    ),
    Command.ENGLISH: _list(
        "english, english lesson, english lessons, english class, learn english, study english, "
        "practise english, practice english, icyongereza, kwiga icyongereza, isomo ryicyongereza, anglais, "
        "apprendre langlais, kiingereza, kujifunza kiingereza, do english"
    ),
    Command.READ: _list(
        "read, reading, reading lesson, reading comprehension, comprehension, tell me a story, "
        "read me a story, read with me, read to me, gusoma, soma, kwiga gusoma, nsomera, nsomera inkuru, "
        "lecture, lire, kusoma, nisomee hadithi"
    ),
    Command.DEBATE: _list(
        "debate, debates, debating, debate with me, impaka, ibiganiro mpaka, ibiganirompaka, kujya impaka, "
        "tujye impaka, debat, un debat, debattre, mjadala, mdahalo, a debate"
    ),
    Command.ASK: _list(
        "ask, ask a question, i have a question, ask you a question, ask you something, ask something, "
        "kubaza, baza, mfite ikibazo, kubaza ikibazo, jai une question, poser une question, uliza, "
        "nina swali, kuuliza swali, general knowledge, ubumenyi rusange, culture generale"
    ),
    Command.MENU: _list(
        "menu, main menu, the menu, the main menu, show menu, imenu, le menu, menu principal, amasomo, "
        "urutonde rwamasomo, menyu, orodha ya masomo, change subject, change the subject, another subject, "
        "back to the menu, back to menu, back to the main menu, back to main menu"
    ),
    Command.HINT: _list(
        "hint, clue, give me a hint, a hint, hint me, a clue, another hint, indice, un indice, dokezo, "
        "kidokezo, nyunganira"
    ),
    Command.SKIP: _list(
        "skip, next, pass, skip it, skip this, skip this one, skip this question, next question, simbuka, "
        "ikindi kibazo, ikibazo gikurikira, passer, suivant, question suivante, ruka, swali linalofuata, "
        "swali lingine, the next question"
    ),
    Command.STATUS: _list(
        "status, progress, my progress, score, my score, points, my points, amanota, amanota yanjye, "
        "mes points, mon score, alama zangu, maendeleo yangu"
    ),
    Command.NAME: _list("name, my name, change name, change my name, izina, hindura izina, changer de nom"),
    Command.LANG: _list(
        "lang, language, change language, change the language, other language, another language, ururimi, "
        "hindura ururimi, urundi rurimi, langue, changer de langue, changer la langue, lugha, "
        "badilisha lugha"
    ),
    Command.CALL: _list(
        "call, call me, callme, call me back, call back, ring me, phone me, you can call me, mpamagara, "
        "hamagara, nipigie, nipigie simu, appelle moi, appelez moi, rappelez moi"
    ),
    Command.TEACHER: _list(
        "ask teacher, ask a teacher, ask my teacher, talk to a teacher, talk to my teacher, "
        "speak to a teacher, message my teacher, talk to a person, talk to a human, speak to a person, "
        "a real person, a real teacher, i need a teacher, i want a teacher, baza mwarimu, vugisha mwarimu, "
        "parler au professeur, parler a un professeur, muulize mwalimu, ongea na mwalimu"
    ),
    Command.JOIN: _list(
        "join, join class, join a class, join my class, injira, injira mu ishuri, rejoindre une classe, "
        "jiunge, jiunge na darasa"
    ),
    Command.RACE: _list(
        "race, race me, a race, mental maths race, mental math race, maths race, math race, mental maths, "
        "mental math, start a race, start the race, isiganwa, irushanwa, gusiganwa, irushanwa ryimibare, "
        "course de calcul, calcul mental, shindano, shindano la hesabu"
    ),
    Command.PIN: _list(
        "pin, my pin, set pin, set a pin, set my pin, change pin, change my pin, new pin, umubare wibanga, "
        "code secret, nambari ya siri"
    ),
    Command.WHO: _list(
        "switch, switch learner, switch user, switch person, change learner, change user, change person, "
        "someone else, somebody else, another learner, another person, other learner, new learner, "
        "add learner, add a learner, wrong person, change the learner, switch to another learner, "
        "it is another learner, its another learner, this is another learner, hindura umunyeshuri, "
        "undi munyeshuri, undi muntu, autre eleve, un autre eleve, quelquun dautre, mwanafunzi mwingine, "
        "mtu mwingine, badilisha mwanafunzi"
    ),
    Command.REPEAT: _list(
        "repeat, again, repeat question, repeat the question, repeat it, read it again, read again, "
        "subiramo, ongera, ongera usubiremo, subiramo ikibazo, rudia, rudia swali, repete, repetez, "
        "repete la question, repetez la question, encore une fois"
    ),
    Command.DONT_KNOW: _list(
        "idk, dk, i dont know, dont know, i do not know, no idea, i have no idea, not sure, im not sure, "
        "i dont no, i dont understand, i do not understand, simbizi, sinzi, ntabwo mbizi, ntabyo nzi, "
        "sinumva, sinabimenya, sijui, sielewi, je ne sais pas, je sais pas, aucune idee, "
        "je ne comprends pas"
    ),
    Command.WAIT: _list("wait, tegereza, ba uretse, rindira, subiri, ngoja, attends, attendez"),
    Command.SLOWER: _list(
        "slow, slower, slow down, buhoro, gahoro, buhoro buhoro, polepole, pole pole, lentement, plus lentement"
    ),
    Command.BYE: _list(
        "bye, goodbye, good bye, bye bye, murabeho, kwaheri, au revoir, bye for today, goodbye for today"
    ),
    Command.STOP: _list(
        "stop, stopall, stop all, stop it, stop this, unsubscribe, unsubscribe me, end, quit, cancel, "
        "optout, opt out, opt me out, revoke, remove me, stop sms, stop messages, stop the messages, "
        "stop texting, stop texting me, stop sending me messages, stop sending messages, dont text me, "
        "do not text me, dont text me again, no more messages, no more sms, hagarika, hagarara, "
        "hagarika ubutumwa, rekera aho, mureke kunyandikira, ntimukongere kunyandikira, arret, arrete, "
        "arretez, stopper, desabonner, arretez les messages, acha, simama, acha kutuma ujumbe, "
        "sitaki ujumbe, i said stop, stop bakame, hagarika kunyandikira, stop all messages, "
        "stop these messages, stop your messages, stop the sms, stop all sms, stop sending sms, "
        "stop sending me sms, stop texts, stop the texts, stop messaging me, stop sending messages to me, "
        "stop the service, stop this service, hagarika kunyoherereza ubutumwa"
    ),
    Command.START: _list(
        "start, unstop, begin, subscribe, restart, start again, start over, start the lesson, start lesson, "
        "begin the lesson, start bakame, gutangira, tangira isomo, tangira, dutangire, twatangira, anza, "
        "tuanze, commencer, commence, commencez, commencons"
    ),
}
"""Every way to write each command. STOP and START come last: what they share with others is theirs."""

SPOKEN: Final[Mapping[Command, tuple[str, ...]]] = {
    Command.HELP: _list("can you help me, could you help me, i need some help, what can i do, what can i say"),
    Command.MATH: _list("lets do math, lets do maths, mathematics lesson"),
    Command.READ: _list("a story, a story please, read a story, read something"),
    Command.ASK: _list("may i ask something, i want to know something"),
    Command.MENU: _list("what can i learn, what else is there, something different"),
    Command.HINT: _list("give me clue"),
    Command.SKIP: _list(
        "skip that, skip that one, skip the question, next one, the next one, another one, another question, "
        "move on, lets move on"
    ),
    Command.STATUS: _list(
        "how am i doing, what is my score, whats my score, what are my points, how many points do i have"
    ),
    Command.RACE: _list("lets race, lets have a race, race with me"),
    Command.WHO: _list("this is somebody else, it is someone else, its someone else, this is someone else"),
    Command.REPEAT: _list(
        "say it again, say again, say that again, repeat that, repeat this question, one more time, "
        "once more, once again, come again, what, what did you say, pardon, pardon me, sorry, i didnt hear, "
        "i didnt hear you, i didnt hear that, i cant hear you, what was the question, whats the question, "
        "i did not hear, i did not hear you, ongera uvuge, sema tena, encore"
    ),
    Command.DONT_KNOW: _list(
        "i dont know it, i dont know this, i dont know this one, i dont know that, i dont know the answer, "
        "i really dont know, dunno, i dunno, i give up, i cant do it, i cant do this, i have no clue, "
        "i am not sure, i do not know the answer, i dont get it, its too hard"
    ),
    Command.WAIT: _list(
        "let me think, let me think about it, let me see, wait a minute, wait a moment, wait a second, "
        "wait a bit, one moment, just a moment, just a minute, just a second, hold on, hang on, "
        "give me a minute, give me a moment, give me time, im thinking, i am thinking, im still thinking, "
        "reka ntekereze, tegereza gato, subiri kidogo, un moment"
    ),
    Command.SLOWER: _list(
        "speak slowly, speak slower, speak more slowly, talk slower, talk slowly, more slowly, slowly, "
        "too fast, its too fast, you are too fast, youre too fast, vuga buhoro, go slower, not so fast, "
        "parlez lentement"
    ),
    Command.BYE: _list(
        "see you, see you later, see you tomorrow, hang up, end the call, end call, stop the call, "
        "i have to go, i must go, i need to go, thats all, thats all for today, stop the lesson"
    ),
}
"""Phrases that are a command in a conversation, and too easily something else in a text."""

REQUESTS: Final = _list(
    "i want you to, i want to do, can i see, may i have, could i have, can you show me, can you give me, "
    "i want to learn, i want to, i want, we want to, we want, i wanna, i would like to, i would like, "
    "id like to, id like, i need to, i need, can i have, can i get, can i do, can i, may i, can we do, "
    "can we, can you, could you, would you, will you, lets do, lets, let us do, let us, let me, give me, "
    "show me, take me to, go to, go back to, open, play, try, do, ndashaka kwiga, ndashaka, nshaka, mpa, "
    "mumpe, nyereka, ndasaba, je veux faire, je veux, je voudrais, donne moi, donnez moi, montre moi, "
    "montrez moi, nataka, naomba, nipe, nionyeshe, ningependa, teach me, teach us, practise, practice, "
    "learn, study, see, use, take, have, get, start, continue with, continue, kwiga"
)
"""May go before a command: "I want maths", "nipe dokezo"."""
AFTERTHOUGHTS: Final = _list("now, right now, today, for me, to me, ubu, nonaha, maintenant, sasa, svp, stp")
"""May follow a command."""
NEVER_REQUESTED: Final = frozenset(
    (
        *("pass", "end", "name", "my name", "points", "score", "progress", "what", "pardon", "sorry", "again", "info"),
        *("call back", "stop it", "stop this", "no idea", "not sure", "slow", "race me", "begin", "cancel"),
        *("someone else", "somebody else", "another person", "call", "ask", "join", "simama"),
    )
)
"""Words that mean something else after "I want to", "can you", "I need"."""
REQUESTED: Final[Mapping[str, Command]] = {
    "i want a call": Command.CALL,
    "i want to call you": Command.CALL,
    "can you call": Command.CALL,
    "i want to ask": Command.ASK,
    "can i ask": Command.ASK,
    "may i ask": Command.ASK,
    "let me ask": Command.ASK,
    "i want to join": Command.JOIN,
    "lets begin": Command.START,
    "i want to race": Command.RACE,
}
"""Of those, what is a command all the same."""

POLITE: Final = word_set(
    "please pls plz kindly thanks thank thx sir madam teacher mwarimu mwalimu murakoze nyamuneka asante tafadhali "
    "merci svp stp hello hi muraho bonjour habari"
)
ADDRESSED: Final = frozenset(("teacher", "mwarimu", "mwalimu"))
PEOPLE: Final = frozenset(("math teacher", "maths teacher", "mathematics teacher", "english teacher"))
POLITE_PHRASES: Final = _list(
    "sil vous plait, sil te plait, thank you very much, thank you, thanks a lot, good morning"
)
LANGUAGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("kinyarwanda", "ikinyarwanda", "rwandan", "rw"), "rw"),
    **dict.fromkeys(("english", "icyongereza", "cyongereza", "anglais", "kiingereza", "en"), "en"),
    **dict.fromkeys(("french", "igifaransa", "gifaransa", "francais", "kifaransa", "fr"), "fr"),
    **dict.fromkeys(("swahili", "kiswahili", "igiswahili", "giswahili", "sw"), "sw"),
}

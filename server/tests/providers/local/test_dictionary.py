from bakame.providers.local.dictionary import ways_to_say


def test_a_word_of_the_dictionary_is_said_in_every_way_that_it_knows() -> None:
    assert ways_to_say("seven") == ("S EH V AH N",)
    assert set(ways_to_say("either")) == {"IY DH ER", "AY DH ER"}


def test_the_plural_of_a_known_word_is_known() -> None:
    assert "T W EH L F TH S" in ways_to_say("twelfths")


def test_a_name_that_it_lacks_is_read_by_rules() -> None:
    assert ways_to_say("umuhoza")[0].split()[0] == "UW"
    assert all(ways_to_say(word) for word in ("x", "okay", "qwx", "mugisha"))

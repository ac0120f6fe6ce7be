"""What the environment may say, and what it must."""

import stat
from pathlib import Path

import pytest

from bakame.app.settings import DEVELOPMENT_ACCOUNT, Settings, load
from bakame.errors import Invalid

PRODUCTION: dict[str, object] = {
    "env": "production",
    "twilio_account_sid": "AC" + "a" * 32,
    "twilio_auth_token": "secret-token",
    "twilio_phone_number": "+250788000000",
    "public_url": "https://tutor.example.org",
}


def _load(tmp_path: Path, **overrides: object) -> Settings:
    return load(env_file=None, data_dir=tmp_path / "var", **overrides)


def test_development_needs_nothing(tmp_path: Path) -> None:
    settings = _load(tmp_path, port=8123)
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.twilio_account_sid == DEVELOPMENT_ACCOUNT
    assert settings.twilio_api_base_url == "http://127.0.0.1:8133"
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path / 'var' / 'bakame.sqlite'}"
    assert settings.redis is None


def test_the_made_up_auth_token_is_random_kept_and_for_its_owner_only(tmp_path: Path) -> None:
    first, again = _load(tmp_path), _load(tmp_path)
    other = _load(tmp_path / "elsewhere")
    assert len(first.auth_token) == 32
    assert first.auth_token == again.auth_token
    assert first.auth_token != other.auth_token
    assert stat.S_IMODE((tmp_path / "var" / "auth-token").stat().st_mode) == 0o600


def test_with_an_account_of_ones_own_texts_go_to_the_real_carrier(tmp_path: Path) -> None:
    settings = _load(tmp_path, twilio_auth_token="mine", twilio_account_sid="AC" + "b" * 32)
    assert settings.twilio_api_base_url == ""
    assert settings.auth_token == "mine"


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("twilio_account_sid", "TWILIO_ACCOUNT_SID"),
        ("twilio_auth_token", "TWILIO_AUTH_TOKEN"),
        ("twilio_phone_number", "TWILIO_PHONE_NUMBER"),
        ("public_url", "BAKAME_PUBLIC_URL"),
    ],
)
def test_outside_development_what_is_missing_is_named(tmp_path: Path, missing: str, named: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(Invalid, match=named):
        _load(tmp_path, **given)


def test_outside_development_the_public_address_is_encrypted(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="https://"):
        _load(tmp_path, **{**PRODUCTION, "public_url": "http://tutor.example.org"})
    assert not _load(tmp_path, **PRODUCTION).is_development


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"port": 0}, "port"),
        ({"env": "staging"}, "env"),
        ({"lead_ms": 5}, "lead_ms"),
        ({"voice_engines": ""}, "engine"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, wrong: dict[str, object], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        _load(tmp_path, **wrong)


def test_engines_are_listed_in_the_operators_order(tmp_path: Path) -> None:
    assert _load(tmp_path, voice_engines="elevenlabs, cascade,").voice_engines == ("elevenlabs", "cascade")


def test_a_file_of_variables_is_read_and_empty_ones_mean_nothing(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASE_URL=postgresql://u:pw@localhost/db\nREDIS_URL=\nBAKAME_LEAD_MS=200\n")
    settings = load(env_file=file, data_dir=tmp_path / "var")
    assert settings.database == "postgresql://u:pw@localhost/db"
    assert settings.redis is None
    assert settings.lead_ms == 200


def test_the_example_file_names_every_variable_and_loads(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / ".env.example"
    documented = {line.partition("=")[0] for line in example.read_text().splitlines() if "=" in line and line[0] != "#"}
    read: set[str] = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        read.add(alias if isinstance(alias, str) else "PORT" if name == "port" else f"BAKAME_{name.upper()}")
    assert documented == read - {"BAKAME_CURRICULUM_DIR", "BAKAME_LOCALES_DIR"}
    assert load(env_file=example, data_dir=tmp_path / "var").is_development


def test_no_secret_is_shown(tmp_path: Path) -> None:
    settings = _load(tmp_path, **PRODUCTION, database_url="postgresql://u:hunter2@localhost/db")
    assert "secret-token" not in repr(settings)
    assert "hunter2" not in repr(settings)

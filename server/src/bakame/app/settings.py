"""The configuration service: the environment is read once, here, and checked before anything starts.

Vendors' names are what each vendor documents; ours begin with `BAKAME_`. `.env.example` at the root documents all.
"""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bakame.errors import Invalid

SERVER_ROOT: Final = Path(__file__).resolve().parents[3]
"""The `server/` folder of the checkout: curriculum, locales and migrations are beside the source."""
DEVELOPMENT_ACCOUNT: Final = "AC" + "0" * 31 + "1"
DEVELOPMENT_NUMBER: Final = "+250788000000"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that can be configured. Built by `load`, which adds what development makes up for itself."""

    model_config = SettingsConfigDict(
        env_prefix="BAKAME_", extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    env: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535, validation_alias=AliasChoices("BAKAME_PORT", "PORT"))
    public_url: str = ""
    data_dir: Path = SERVER_ROOT.parent / "var"
    curriculum_dir: Path = SERVER_ROOT / "curriculum"
    locales_dir: Path = SERVER_ROOT / "locales"
    log_level: str = "info"
    voice_engines: Annotated[tuple[str, ...], NoDecode] = ("cascade",)
    recognisers: Annotated[tuple[str, ...], NoDecode] = ("local",)
    voices: Annotated[tuple[str, ...], NoDecode] = ("local",)
    models: Annotated[tuple[str, ...], NoDecode] = ()
    database_wait_s: float = Field(default=5.0, gt=0, le=60)
    lead_ms: int = Field(default=160, ge=20, le=1000)
    shape_sound: bool = False
    max_calls: int = Field(default=250, ge=1, le=5000)
    drain_s: float = Field(default=30.0, ge=0, le=3600)
    hand_over_url: str = ""
    recogniser_workers: int = Field(default=1, ge=1, le=16)
    allow_approximate_voices: bool = False
    prices: str = ""
    currency: str = "USD"
    child_helpline: str = "116"
    gbv_hotline: str = "3512"
    allow_draft_languages: bool = False

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")

    twilio_account_sid: str = Field(default="", validation_alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr | None = Field(default=None, validation_alias="TWILIO_AUTH_TOKEN")
    twilio_phone_number: str = Field(default="", validation_alias="TWILIO_PHONE_NUMBER")
    twilio_api_base_url: str = Field(default="", validation_alias="TWILIO_API_BASE_URL")

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_realtime_model: str = Field(default="gpt-realtime", validation_alias="OPENAI_REALTIME_MODEL")
    openai_chat_model: str = Field(default="gpt-4o-mini", validation_alias="OPENAI_CHAT_MODEL")
    openai_vision_model: str = Field(default="gpt-4o-mini", validation_alias="OPENAI_VISION_MODEL")
    openai_speech_model: str = Field(default="gpt-4o-mini-tts", validation_alias="OPENAI_SPEECH_MODEL")
    openai_transcription_model: str = Field(
        default="gpt-4o-mini-transcribe", validation_alias="OPENAI_TRANSCRIPTION_MODEL"
    )
    openai_base_url: str = Field(default="https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")
    elevenlabs_api_key: SecretStr | None = Field(default=None, validation_alias="ELEVENLABS_API_KEY")
    elevenlabs_agent_id: str = Field(default="", validation_alias="ELEVENLABS_AGENT_ID")
    elevenlabs_voice_id: str = Field(default="", validation_alias="ELEVENLABS_VOICE_ID")
    elevenlabs_webhook_secret: SecretStr | None = Field(default=None, validation_alias="ELEVENLABS_WEBHOOK_SECRET")
    elevenlabs_base_url: str = Field(default="https://api.elevenlabs.io", validation_alias="ELEVENLABS_BASE_URL")
    deepgram_api_key: SecretStr | None = Field(default=None, validation_alias="DEEPGRAM_API_KEY")
    deepgram_base_url: str = Field(default="https://api.deepgram.com", validation_alias="DEEPGRAM_BASE_URL")
    llama_base_url: str = Field(default="", validation_alias="LLAMA_BASE_URL")
    llama_model: str = Field(default="", validation_alias="LLAMA_MODEL")

    @field_validator("voice_engines", "recognisers", "voices", "models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("voice_engines")
    @classmethod
    def _some_engine(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one engine, for example cascade")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Outside development nothing is made up: what is missing is an error, all of it at once."""
        if self.env is Environment.DEVELOPMENT:
            return self
        missing = [
            name
            for name, value in (
                ("TWILIO_ACCOUNT_SID", self.twilio_account_sid),
                ("TWILIO_AUTH_TOKEN", self.twilio_auth_token and self.twilio_auth_token.get_secret_value()),
                ("TWILIO_PHONE_NUMBER", self.twilio_phone_number),
                ("BAKAME_PUBLIC_URL", self.public_url),
            )
            if not value
        ]
        if missing:
            raise ValueError(f"outside development these must be set: {', '.join(missing)}")
        if not self.public_url.startswith("https://"):
            raise ValueError("outside development BAKAME_PUBLIC_URL must begin with https://")
        return self

    @property
    def approximate_voices(self) -> dict[str, str]:
        """Languages read by another one's voice, when the operator allows it: Kinyarwanda has none."""
        return {"rw": "sw"} if self.allow_approximate_voices else {}

    @property
    def is_development(self) -> bool:
        return self.env is Environment.DEVELOPMENT

    @property
    def auth_token(self) -> str:
        """The carrier's secret; `load` has made sure that there is one."""
        return self.twilio_auth_token.get_secret_value() if self.twilio_auth_token else ""

    @property
    def database(self) -> str:
        """The database's URL; an SQLite file in the data folder when none is configured."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'bakame.sqlite'}"

    @property
    def redis(self) -> str | None:
        return (self.redis_url.get_secret_value() if self.redis_url else "") or None


def load(*, env_file: Path | None = SERVER_ROOT.parent / ".env", **overrides: object) -> Settings:
    """The settings from the environment and from `.env` beside the Makefile, completed in development.

    Raises `Invalid` with one line for each thing that is wrong; no secret is repeated in it.
    """
    try:
        settings = Settings(_env_file=env_file, **overrides)  # pyright: ignore[reportCallIssue]  # pydantic's own argument
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, problem['loc'])) or 'settings'}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise Invalid("the configuration cannot be used:\n" + "\n".join(lines)) from None
    return _for_development(settings) if settings.is_development else settings


def simulator_url(port: int) -> str:
    """Where the terminal phone stands in for the carrier's REST side: the port above the server's."""
    return f"http://127.0.0.1:{port + 10}"


def _for_development(settings: Settings) -> Settings:
    made = {
        "public_url": settings.public_url or f"http://127.0.0.1:{settings.port}",
        "twilio_account_sid": settings.twilio_account_sid or DEVELOPMENT_ACCOUNT,
        "twilio_phone_number": settings.twilio_phone_number or DEVELOPMENT_NUMBER,
        "twilio_auth_token": settings.twilio_auth_token or SecretStr(development_token(settings.data_dir)),
        # Without an account of one's own there is nobody to send to but the simulator.
        "twilio_api_base_url": settings.twilio_api_base_url
        or ("" if settings.twilio_auth_token else simulator_url(settings.port)),
    }
    return settings.model_copy(update=made)


def development_token(data_dir: Path) -> str:
    """The auth token that the server and the terminal phone of one checkout share; made at first use."""
    path = data_dir / "auth-token"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # Made in one step, for its owner only, so that two processes that start together agree.
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_hex(16))
    except FileExistsError:
        pass
    return path.read_text().strip()

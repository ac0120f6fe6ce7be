"""The first lesson: lines, learners, lessons, skills, turns, attempts, calls, messages and consents.

The first revision: before it there is nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
UNNAMED = sa.text("name IS NULL")
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "lines",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("e164", sa.String(length=16), nullable=False),
        sa.Column("opted_out_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lines"),
        sa.UniqueConstraint("e164", name="uq_lines_e164"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "learners",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("consent_how", sa.String(length=32), nullable=True),
        sa.Column("consent_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name="fk_learners_line_id_lines", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_learners"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_learners_line_id", "learners", ["line_id"])
    op.create_index(
        "uq_learners_line_id_unnamed",
        "learners",
        ["line_id"],
        unique=True,
        sqlite_where=UNNAMED,
        postgresql_where=UNNAMED,
    )
    op.create_table(
        "messages",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("delivery", sa.String(length=8), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name="fk_messages_line_id_lines", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("message_id", name="uq_messages_message_id"),
        sa.UniqueConstraint("reply_to", name="uq_messages_reply_to"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_line_id_created_at", "messages", ["line_id", "created_at"])
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("engine", sa.String(length=32), nullable=True),
        sa.Column("stream_id", sa.String(length=64), nullable=True),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("gateway_status", sa.String(length=32), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("heard_ms", sa.Integer(), nullable=False),
        sa.Column("caller_ms", sa.Integer(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("barge_ins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_calls_learner_id_learners", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name="fk_calls_line_id_lines", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_ended_at", "calls", ["ended_at"])
    op.create_index("ix_calls_learner_id", "calls", ["learner_id"])
    op.create_index("ix_calls_line_id", "calls", ["line_id"])
    op.create_index("ix_calls_offered_at", "calls", ["offered_at"])
    op.create_table(
        "consents",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("learner_id", ID, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_consents_learner_id_learners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_learner_id", "consents", ["learner_id"])
    op.create_table(
        "lessons",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("learner_id", ID, nullable=False),
        sa.Column("module", sa.String(length=32), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_lessons_learner_id_learners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lessons_learner_id", "lessons", ["learner_id"])
    op.create_index(
        "uq_lessons_learner_id_open", "lessons", ["learner_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "skill_states",
        sa.Column("learner_id", ID, autoincrement=False, nullable=False),
        sa.Column("skill_id", sa.String(length=128), nullable=False),
        sa.Column("p_known", sa.Double[float](), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("unhinted_streak", sa.Integer(), nullable=False),
        sa.Column("mastered_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("last_seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_skill_states_learner_id_learners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "skill_id", name="pk_skill_states"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("learner_id", ID, nullable=False),
        sa.Column("lesson_id", ID, nullable=False),
        sa.Column("skill_id", sa.String(length=128), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("misconception", sa.String(length=128), nullable=True),
        sa.Column("hinted", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_attempts_learner_id_learners", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name="fk_attempts_lesson_id_lessons", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_learner_id_created_at_verdict", "attempts", ["learner_id", "created_at", "verdict"])
    op.create_index("ix_attempts_lesson_id", "attempts", ["lesson_id"])
    op.create_index("ix_attempts_skill_id_created_at", "attempts", ["skill_id", "created_at"])
    op.create_table(
        "turns",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("lesson_id", ID, nullable=False),
        sa.Column("learner_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("heard_text", sa.Text(), nullable=True),
        sa.Column("heard_complete", sa.Boolean(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_turns_learner_id_learners", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name="fk_turns_lesson_id_lessons", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("lesson_id", "seq", name="uq_turns_lesson_id_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_call_id", "turns", ["call_id"])
    op.create_index("ix_turns_learner_id_created_at", "turns", ["learner_id", "created_at"])
    op.create_index("ix_turns_message_id", "turns", ["message_id"])


def downgrade() -> None:
    for table in ("turns", "attempts", "skill_states", "lessons", "consents", "calls", "messages", "learners", "lines"):
        op.drop_table(table)

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# What is only true while processes run needs no write-ahead log: a crash may empty it.
UNLOGGED = ("realtime_liveprocess", "realtime_livesocket", "realtime_presence")


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("epoch", models.CharField(max_length=64)),
                ("head", models.BigIntegerField(default=0)),
                ("floor", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "stream",
                "verbose_name_plural": "streams",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(floor__gte=0, floor__lte=F("head")),
                        name="stream_floor_is_not_above_head",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "seq",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("data", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={"verbose_name": "event", "verbose_name_plural": "events"},
        ),
        migrations.CreateModel(
            name="LiveProcess",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LiveSocket",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField(db_index=True)),
                ("process_id", models.UUIDField()),
                ("is_replaced", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(is_replaced=True),
                        fields=["process_id"],
                        name="replaced_sockets",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("is_online", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={"verbose_name": "presence", "verbose_name_plural": "presences"},
        ),
        # Room for a new version of each row beside the old one: raising a head touches no index.
        migrations.RunSQL(
            "ALTER TABLE realtime_stream SET (fillfactor = 50)",
            "ALTER TABLE realtime_stream RESET (fillfactor)",
        ),
        *(
            migrations.RunSQL(f"ALTER TABLE {table} SET UNLOGGED", migrations.RunSQL.noop)
            for table in UNLOGGED
        ),
    ]

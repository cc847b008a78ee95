from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_backup")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("name", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("data", models.JSONField()),
                ("seconds", models.FloatField()),
                ("taken_at", models.DateTimeField()),
            ],
        ),
    ]

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # made without stopping writers
    dependencies = [("ledger", "0005_takers_erased")]
    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=BrinIndex(
                fields=("created_at",),
                name="payment_by_time",
                opclasses=("timestamptz_minmax_multi_ops",),
            ),
        ),
    ]

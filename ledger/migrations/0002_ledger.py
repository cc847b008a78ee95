import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import ledger.models.books
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(verbose_name='finished')),
                ('drift', models.JSONField(default=dict, verbose_name='drift')),
            ],
            options={
                'verbose_name': 'ledger check',
                'verbose_name_plural': 'ledger checks',
            },
        ),
        migrations.CreateModel(
            name='Book',
            fields=[
                ('owner', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='book', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('currencies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=ledger.models.books.first_currencies, size=None, verbose_name='currencies')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
            ],
            options={
                'verbose_name': 'book',
                'verbose_name_plural': 'books',
                'constraints': [models.CheckConstraint(condition=models.Q(('currencies__contained_by', ['UZS', 'USD'])), name='book_currencies_are_known'), models.CheckConstraint(condition=models.Q(('currencies__contains', ['UZS'])), name='book_always_keeps_the_default_currency')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('open_total', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=20, verbose_name='open total')),
                ('credit_balance', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=20, verbose_name='credit balance')),
                ('seq', models.BigIntegerField(default=0)),
                ('last_entry_at', models.DateTimeField(blank=True, null=True)),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='ledger.book')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
            },
        ),
        migrations.CreateModel(
            name='Debtor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=150, verbose_name='full name')),
                ('folded_name', models.CharField(editable=False, max_length=450)),
                ('phone_number', models.CharField(blank=True, max_length=16, null=True, verbose_name='phone number')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('book', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debtors', to='ledger.book', verbose_name='book')),
            ],
            options={
                'verbose_name': 'debtor',
                'verbose_name_plural': 'debtors',
            },
        ),
        migrations.CreateModel(
            name='Debt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('paid', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='paid')),
                ('written_off', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='written off')),
                ('remaining', models.GeneratedField(db_persist=True, expression=models.Case(models.When(then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('paid')), '-', models.F('written_off')), voided_at__isnull=True), default=models.Value(Decimal('0'))), output_field=models.DecimalField(decimal_places=2, max_digits=14, verbose_name='remaining'), verbose_name='remaining')),
                ('status', models.GeneratedField(db_persist=True, expression=models.Case(models.When(then=models.Value('void'), voided_at__isnull=False), models.When(amount=django.db.models.expressions.CombinedExpression(models.F('paid'), '+', models.F('written_off')), then=models.Value('paid')), models.When(paid=0, then=models.Value('pending')), default=models.Value('partially_paid')), output_field=models.CharField(choices=[('pending', 'pending'), ('partially_paid', 'partially paid'), ('paid', 'paid'), ('void', 'void')], max_length=14, verbose_name='status'), verbose_name='status')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='due date')),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='occurred')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='voided')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debts', to='ledger.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debts', to='ledger.book')),
                ('debtor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debts', to='ledger.debtor', verbose_name='debtor')),
            ],
            options={
                'verbose_name': 'debt',
                'verbose_name_plural': 'debts',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='debtor',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='ledger.debtor'),
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=1000, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='ledger.book')),
                ('debt', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='ledger.debt', verbose_name='debt')),
                ('opened_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('allocated', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='allocated')),
                ('refunded', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='refunded')),
                ('credited', models.GeneratedField(db_persist=True, expression=models.Case(models.When(then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('allocated')), '-', models.F('refunded')), voided_at__isnull=True), default=models.Value(Decimal('0'))), output_field=models.DecimalField(decimal_places=2, max_digits=14, verbose_name='credited'), verbose_name='credited')),
                ('has_credit', models.GeneratedField(db_persist=True, expression=models.Q(('voided_at__isnull', True), ('amount__gt', django.db.models.expressions.CombinedExpression(models.F('allocated'), '+', models.F('refunded')))), output_field=models.BooleanField())),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='occurred')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='voided')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='ledger.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='ledger.book')),
                ('debtor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='ledger.debtor', verbose_name='debtor')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(verbose_name='number')),
                ('kind', models.CharField(choices=[('debt', 'debt'), ('payment', 'payment'), ('void_debt', 'void debt'), ('void_payment', 'void payment'), ('write_off', 'write-off'), ('undo_write_off', 'write-off taken back'), ('refund', 'refund')], max_length=14, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('balance', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='balance')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.book')),
                ('debt', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.debt')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('payment', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.payment')),
            ],
            options={
                'verbose_name': 'journal line',
                'verbose_name_plural': 'journal',
            },
        ),
        migrations.CreateModel(
            name='DebtPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('origin', models.CharField(choices=[('automatic', 'automatic'), ('chosen', 'chosen'), ('credit', 'credit')], max_length=9, verbose_name='origin')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('reversed_at', models.DateTimeField(blank=True, null=True, verbose_name='reversed')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.book')),
                ('debt', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='ledger.debt')),
                ('payment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='ledger.payment')),
            ],
            options={
                'verbose_name': 'allocation',
                'verbose_name_plural': 'allocations',
            },
        ),
        migrations.CreateModel(
            name='BookMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('manager', 'manager'), ('cashier', 'cashier')], max_length=8, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('book', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='ledger.book', verbose_name='book')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('book', 'user'), name='member_once_in_a_book'), models.CheckConstraint(condition=models.Q(('user', models.F('book')), _negated=True), name='owner_is_no_member'), models.CheckConstraint(condition=models.Q(('role__in', ('manager', 'cashier'))), name='member_role_is_known')],
            },
        ),
        migrations.AddIndex(
            model_name='debtor',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['book', '-created_at', '-id'], name='debtor_newest'),
        ),
        migrations.AddIndex(
            model_name='debtor',
            index=models.Index(condition=models.Q(('archived_at__isnull', True), ('phone_number__isnull', False)), fields=['phone_number'], name='debtor_by_number'),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.UniqueConstraint(fields=('book', 'phone_number'), name='debtor_phone_number_once_in_a_book'),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.UniqueConstraint(fields=('book', 'id'), name='debtor_belongs_to_one_book'),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.CheckConstraint(condition=models.Q(('phone_number__isnull', True), ('phone_number__regex', '^\\+[1-9][0-9]{6,14}$'), _connector='OR'), name='debtor_phone_number_is_e164'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['book', '-created_at', '-id'], name='debt_newest'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['debtor', '-created_at', '-id'], name='debt_newest_of_debtor'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(fields=['book', 'status', '-created_at', '-id'], name='debt_newest_by_status'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['book', 'currency', '-created_at', '-id'], name='debt_newest_by_currency'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(condition=models.Q(('status__in', ('pending', 'partially_paid'))), fields=['book', 'due_date'], name='debt_open_by_due_date'),
        ),
        migrations.AddIndex(
            model_name='debt',
            index=models.Index(condition=models.Q(('status__in', ('pending', 'partially_paid'))), fields=['account', 'occurred_at', 'id'], name='debt_open_oldest'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.UniqueConstraint(fields=('book', 'account', 'id'), name='debt_belongs_to_one_account'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='debt_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.CheckConstraint(condition=models.Q(('paid__gte', 0)), name='debt_paid_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.CheckConstraint(condition=models.Q(('written_off__gte', 0)), name='debt_written_off_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', django.db.models.expressions.CombinedExpression(models.F('paid'), '+', models.F('written_off')))), name='debt_is_never_overpaid'),
        ),
        migrations.AddConstraint(
            model_name='debt',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), ('paid', 0), _connector='OR'), name='void_debt_holds_no_payments'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('book', 'debtor', 'currency'), name='account_once_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('book', 'id'), name='account_belongs_to_one_book'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('book', 'debtor', 'currency', 'id'), name='account_belongs_to_one_debtor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('currency__in', ('UZS', 'USD'))), name='account_currency_is_known'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('open_total__gte', 0)), name='account_open_total_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('credit_balance__gte', 0)), name='account_credit_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('open_total', 0), ('credit_balance', 0), _connector='OR'), name='account_has_no_credit_beside_open_debts'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('debt',), name='debt_has_one_open_dispute'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['book', '-created_at', '-id'], name='payment_newest'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['debtor', '-created_at', '-id'], name='payment_newest_of_debtor'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['book', 'currency', '-created_at', '-id'], name='payment_newest_by_currency'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('has_credit', True)), fields=['account', 'occurred_at', 'id'], name='payment_with_credit_oldest'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('book', 'account', 'id'), name='payment_belongs_to_one_account'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('allocated__gte', 0)), name='payment_allocated_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded__gte', 0)), name='payment_refunded_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', django.db.models.expressions.CombinedExpression(models.F('allocated'), '+', models.F('refunded')))), name='payment_is_never_overspent'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), models.Q(('allocated', 0), ('refunded', 0)), _connector='OR'), name='void_payment_is_spent_on_nothing'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('account', 'seq'), name='entry_number_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='entry_number_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ('debt', 'void_payment', 'undo_write_off', 'refund'))), models.Q(('amount__lt', 0), ('kind__in', ('payment', 'write_off'))), models.Q(('amount__lte', 0), ('kind', 'void_debt')), _connector='OR'), name='entry_sign_fits_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('debt__isnull', False), ('kind__in', ('debt', 'void_debt', 'write_off', 'undo_write_off')), ('payment__isnull', True)), models.Q(('debt__isnull', True), ('kind__in', ('payment', 'void_payment')), ('payment__isnull', False)), models.Q(('debt__isnull', True), ('kind', 'refund'), ('payment__isnull', True)), _connector='OR'), name='entry_names_what_it_is_about'),
        ),
        migrations.AddIndex(
            model_name='debtpayment',
            index=models.Index(condition=models.Q(('reversed_at__isnull', True)), fields=['debt', 'id'], name='allocation_live_of_debt'),
        ),
        migrations.AddIndex(
            model_name='debtpayment',
            index=models.Index(condition=models.Q(('reversed_at__isnull', True)), fields=['payment', 'id'], name='allocation_live_of_payment'),
        ),
        migrations.AddConstraint(
            model_name='debtpayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='allocation_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='debtpayment',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ('automatic', 'chosen', 'credit'))), name='allocation_origin_is_known'),
        ),
    ]

"""The list of debts in FastAPI and SQLAlchemy, as their tutorials have it, on our tables.

Runs in an environment of its own: `benchmarks/requirements.txt`.
"""

import os
from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from urllib.parse import unquote

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import URL, BigInteger, ForeignKey, exists, make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


def database() -> URL:
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    folder = unquote(url.host or "")
    # A socket's folder stands percent-encoded in the host's place, which SQLAlchemy takes as it is.
    return url.set(host=None, query={"host": folder}) if folder.startswith("/") else url


sessions = async_sessionmaker(create_async_engine(database(), pool_size=8), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger}  # noqa: RUF012


class User(Base):
    __tablename__ = "ledger_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_active: Mapped[bool]


class Debtor(Base):
    __tablename__ = "ledger_debtor"
    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    phone_number: Mapped[str | None]


class Dispute(Base):
    __tablename__ = "ledger_dispute"
    id: Mapped[int] = mapped_column(primary_key=True)
    debt_id: Mapped[int]
    resolved_at: Mapped[datetime | None]


class Debt(Base):
    __tablename__ = "ledger_debt"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    debtor_id: Mapped[int] = mapped_column(ForeignKey("ledger_debtor.id"))
    debtor: Mapped[Debtor] = relationship()
    amount: Mapped[Decimal]
    remaining: Mapped[Decimal]
    written_off: Mapped[Decimal]
    status: Mapped[str]
    description: Mapped[str]
    created_at: Mapped[datetime]
    occurred_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    currency: Mapped[str]
    due_date: Mapped[date | None]


class DebtOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    user: int
    full_name: str
    phone_number: str | None
    amount: Decimal
    remaining: Decimal
    written_off: Decimal
    status: str
    description: str
    created_at: datetime
    occurred_at: datetime
    currency: str
    due_date: date | None
    is_disputed: bool


async def database() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(database)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def current_user(bearer: Bearer, database: Database) -> User:
    try:
        claims = jwt.decode(bearer.credentials, os.environ["SECRET_KEY"], ["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    user = await database.get(User, int(claims["user_id"]))
    if user is None or not user.is_active:
        raise HTTPException(401)
    return user


@app.get("/api/v1/debts/")
async def debts(
    user: Annotated[User, Depends(current_user)], database: Database, limit: int = 50
) -> list[DebtOut]:
    disputed = exists().where(Dispute.debt_id == Debt.id, Dispute.resolved_at.is_(None))
    found = await database.execute(
        select(Debt, disputed)
        .options(joinedload(Debt.debtor))
        .where(Debt.book_id == user.id, Debt.voided_at.is_(None))
        .order_by(Debt.created_at.desc(), Debt.id.desc())
        .limit(limit)
    )
    return [
        DebtOut(
            user=debt.debtor_id,
            full_name=debt.debtor.full_name,
            phone_number=debt.debtor.phone_number,
            is_disputed=is_disputed,
            **{
                name: getattr(debt, name)
                for name in DebtOut.model_fields
                if name not in ("user", "full_name", "phone_number", "is_disputed")
            },
        )
        for debt, is_disputed in found
    ]

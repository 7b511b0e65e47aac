-- The journal of a cell, version 1. Replication does not carry changes of tables, so these stay as they are: what entries
-- say has versions of its own. Safe to run again.

create schema if not exists preau;

create table if not exists preau.schema (version int primary key);
insert into preau.schema values (1) on conflict do nothing;

-- Bytewise order: indexes of text survive a new version of the machine's locales.
create table if not exists preau.journal (
    origin text collate "C" not null,
    incarnation bigint not null,
    seq bigint not null,
    stamp bigint not null,
    before bytea not null,
    hash bytea not null,
    campus text collate "C",
    kind text collate "C" not null,
    version int not null,
    key text collate "C",
    body text collate "C" not null,
    primary key (origin, incarnation, seq)
) partition by list (origin);

-- Not unique: two cells may accept one write each before they hear of each other, and replication must go on.
create index if not exists journal_key on preau.journal using hash (key) where key is not null;

-- Where this cell's own stream ends; appends take turns at this one row. The stream goes on for as long as the server has
-- not been started anew, and the row is the one that the transaction `written` wrote and none that a dump brought back.
create table if not exists preau.head (
    origin text collate "C" primary key,
    incarnation bigint not null default 0,
    seq bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex'),
    stamp bigint not null default 0,
    started timestamptz,
    written xid
);
create unique index if not exists head_is_one on preau.head ((true));

-- Entries that arrived under the number of another one.
create table if not exists preau.conflict (
    like preau.journal,
    noticed timestamptz not null default now(),
    unique (origin, incarnation, seq, hash)
);

-- Applying is idempotent: an entry that is there is skipped, and one that differs does not stop replication.
create or replace function preau.admit() returns trigger language plpgsql as $$
declare known bytea;
begin
    select hash into known from preau.journal
    where origin = new.origin and incarnation = new.incarnation and seq = new.seq;
    if not found then
        perform pg_notify('preau_journal', new.origin);
        return new;
    end if;
    if known <> new.hash then
        insert into preau.conflict select new.* on conflict do nothing;
    end if;
    return null;
end $$;

-- `always`: what replication applies does not fire ordinary triggers.
create or replace trigger admit before insert on preau.journal for each row execute function preau.admit();
alter table preau.journal enable always trigger admit;

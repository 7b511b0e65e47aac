-- What has been applied, per stream. Written in the same transaction as what it says.
create table applied (
    origin text not null,
    incarnation integer not null,
    seq integer not null,
    hash blob not null,
    stamp integer not null,
    primary key (origin, incarnation)
) without rowid;

-- Every change of every named value, in the order of time; the last by (stamp, origin, incarnation, seq) is in force.
create table changes (
    campus text not null, -- '' is the installation
    key text not null,
    stamp integer not null,
    origin text not null,
    incarnation integer not null,
    seq integer not null,
    base_stamp integer,
    base_origin text,
    value text not null,
    actor text not null,
    idempotency text,
    primary key (stamp, origin, incarnation, seq)
) without rowid;
create unique index changes_once on changes (campus, idempotency) where idempotency is not null;

-- Declarations, once each; of two that are the same, the first by the same order tells who and when.
create table publications (
    campus text not null,
    digest text not null,
    stamp integer not null,
    origin text not null,
    incarnation integer not null,
    seq integer not null,
    number integer not null,
    note text not null,
    actor text not null,
    files text not null,
    primary key (campus, digest)
);

create table revocations (
    handle blob primary key,
    at integer not null,
    until integer not null
) without rowid;

-- What this version does not know: kept by the journal, and not applied.
create table unknown (
    origin text not null,
    incarnation integer not null,
    seq integer not null,
    kind text not null,
    version integer not null,
    primary key (origin, incarnation, seq)
) without rowid;

create table if not exists accounts (
  id integer primary key,
  name text not null,
  email text not null unique,
  password_hash text not null,
  balance integer not null,
  verified integer not null,
  finance_right integer not null,
  finance_zones integer not null,
  secret_id text not null,
  secret_key text not null,
  failed_logins integer not null default 0,
  locked_until integer not null default 0,
  clock_offset integer not null default 0,
  price_percent integer not null default 100,
  price_service text not null default 'ok',
  lose_reply integer not null default 0,
  sold_out text not null default '',
  hold text not null default '',
  refunded_in_full integer not null default 0,
  frozen integer not null default 0,
  voucher integer not null default 0,
  vpc_everywhere integer not null default 0
);
create table if not exists sessions (
  token text primary key,
  account integer not null references accounts(id),
  csrf text not null,
  seen integer not null,
  said text not null default ''
);
create table if not exists intentions (
  token text primary key,
  account integer not null references accounts(id),
  content text not null,
  fee integer not null,
  message text not null default '',
  order_number text
);
create table if not exists orders (
  number text primary key,
  account integer not null references accounts(id),
  content text not null,
  amount integer not null check (amount >= 0),
  quantity integer not null,
  months integer not null,
  created integer not null,
  state text not null,
  frozen integer not null default 0,
  covered integer not null default 0
);
create table if not exists cashiers (
  token text primary key,
  account integer not null references accounts(id),
  order_number text not null unique references orders(number)
);
create table if not exists charges (
  order_number text primary key references orders(number),
  account integer not null references accounts(id),
  amount integer not null,
  at integer not null
);
create table if not exists instances (
  id text primary key,
  account integer not null references accounts(id),
  order_number text not null references orders(number),
  position integer not null,
  name text not null,
  region text not null,
  zone text not null,
  network text not null,
  vpc text not null,
  subnet text not null,
  replicas integer not null,
  memory integer not null,
  shards integer not null,
  disk integer not null,
  renew integer not null,
  share integer not null,
  created integer not null,
  expires integer not null,
  initialised integer,
  delivered integer not null default 0,
  running integer not null default 0,
  character_set text,
  table_names text,
  sync_mode text,
  isolated integer,
  ready integer not null default 0,
  hourly integer not null default 0,
  frozen integer not null default 0
);
create index if not exists instances_of on instances (account, region);

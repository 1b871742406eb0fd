-- The people who work at the desk of a customer.
create table agents (
  customer_id   text not null,
  id            text not null,
  email         text not null check (email = lower(email)),
  name          text not null,
  role          text not null check (role in ('owner', 'billing', 'viewer')),  -- what they may do in the portal
  locale        text not null check (locale in ('zh-CN', 'en')),
  password_hash text not null,
  created_at    timestamptz not null,
  primary key (customer_id, id)
);
-- An e-mail address alone says who logs in, so it belongs to one agent of one customer.
create unique index agents_email on agents (email);

-- A login. The browser holds the secret; we keep only its hash, so a copy of this table logs nobody in.
create table agent_sessions (
  customer_id text not null,
  id          text not null,
  agent_id    text not null,
  secret_hash text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  check (expires_at > created_at),
  primary key (customer_id, id),
  foreign key (customer_id, agent_id) references agents (customer_id, id) on delete cascade
);
create unique index agent_sessions_secret on agent_sessions (secret_hash);
create index agent_sessions_of_agent on agent_sessions (customer_id, agent_id, created_at);

-- One visitor's talk with the desk. Whether it waits for an answer is told by its last message, not stored.
create table conversations (
  customer_id  text not null,
  id           text not null,
  visitor_name text not null,
  channel      text not null check (channel in ('web', 'wechat', 'app', 'email', 'phone')),
  subject      text not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,  -- the time of the last message or of the closing: the order of the list
  closed_at    timestamptz,
  check (updated_at >= created_at),
  primary key (customer_id, id)
);
create index conversations_newest_first on conversations (customer_id, updated_at desc, id desc);

-- What was said, and what the assistant proposed. Added, never rewritten.
create table messages (
  customer_id     text not null,
  conversation_id text not null,
  id              text not null,
  position        int not null,       -- 1, 2, 3 … in a conversation: the order does not depend on the clock
  author          text not null check (author in ('visitor', 'agent', 'ai')),
  agent_id        text,               -- who wrote it, or who asked the assistant
  text            text not null check (text <> ''),
  answers_id      text,               -- a suggestion: the visitor's message it answers
  source_id       text,               -- a suggestion: the FAQ entry it was taken from
  source_title    text,
  match_percent   int check (match_percent between 1 and 100),  -- a suggestion: how much of the question it covers
  created_at      timestamptz not null,
  check ((author = 'visitor') = (agent_id is null)),
  check ((author = 'ai') = (answers_id is not null and source_id is not null and source_title is not null and match_percent is not null)),
  primary key (customer_id, conversation_id, id),
  unique (customer_id, conversation_id, position),
  foreign key (customer_id, conversation_id) references conversations (customer_id, id)
);
-- A visitor's message has one suggestion at most, so it is charged once however often it is asked for.
create unique index messages_one_suggestion on messages (customer_id, conversation_id, answers_id) where author = 'ai';

-- A logged-in agent (role `portal`) never reads the hash of a password or of a session.
grant select (customer_id, id, email, name, role, locale, created_at), update (locale) on agents to portal;
grant select, insert on conversations, messages to portal;
grant update (updated_at, closed_at) on conversations to portal;
grant select, insert on agents to billing;
grant select, insert, delete on agent_sessions to billing;
grant select on conversations, messages to billing;

do $$
declare name text;
begin
  foreach name in array array['agents', 'agent_sessions', 'conversations', 'messages'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy one_customer on %I to portal using (customer_id = current_setting(''app.customer_id'', true)) with check (customer_id = current_setting(''app.customer_id'', true))', name);
    execute format('create policy every_customer on %I to billing using (true) with check (true)', name);
  end loop;
end $$;

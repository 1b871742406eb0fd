-- Who wrote, or asked the assistant, is an agent of the same customer; agents are never deleted. What there is already is looked at by 0004.
alter table messages add constraint messages_of_an_agent foreign key (customer_id, agent_id) references agents not valid;
-- A suggestion answers a message of its own conversation.
alter table messages add constraint messages_answer_a_message
  foreign key (customer_id, conversation_id, answers_id) references messages not valid;
-- Counted from one.
alter table messages add constraint messages_have_a_position check (position >= 1) not valid;
alter table conversations add constraint conversations_close_after_they_begin check (closed_at >= created_at) not valid;
alter table agents add constraint agents_end_after_they_begin check (disabled_at >= created_at) not valid;

-- Constraints that were named by number say their rule.
alter table agent_sessions rename constraint agent_sessions_check to agent_sessions_expire_after_they_begin;
alter table conversations rename constraint conversations_check to conversations_change_after_they_begin;
alter table messages rename constraint messages_check to messages_name_their_agent;
alter table messages rename constraint messages_check1 to messages_suggest_whole;

comment on index agent_sessions_of_agent is 'An agent''s oldest logins, of which the most that are kept stay.';
comment on index agents_by_age is 'The vendor''s list of agents.';
comment on index agents_email is 'Who logs in: an address is one agent''s.';

-- 0004 looks at the rows of customers, which the owner of the tables does not see.
create policy owner_looks on agents for select to current_user using (true);
create policy owner_looks on messages for select to current_user using (true);

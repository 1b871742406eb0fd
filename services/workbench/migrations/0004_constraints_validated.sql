-- What there was before 0003 keeps its rules too. This takes no lock that keeps anybody from reading or writing.
alter table messages validate constraint messages_of_an_agent;
alter table messages validate constraint messages_answer_a_message;
alter table messages validate constraint messages_have_a_position;
alter table conversations validate constraint conversations_close_after_they_begin;
alter table agents validate constraint agents_end_after_they_begin;

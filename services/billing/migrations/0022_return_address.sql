-- Where the reader of a portal session came from: an ended session leads back there.
alter table portal_sessions add column return_url text
  constraint portal_sessions_return_url_is_of_the_web check (return_url ~ '^https?://');
comment on constraint portal_sessions_return_url_is_of_the_web on portal_sessions is 'A link back is followed in a browser: only pages of the web, never a script.';

-- The language that somebody chose, as a tag such as `zh-Hans`. Nothing, if they leave it to their browser.

alter table account add column language text;

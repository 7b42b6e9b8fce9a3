-- People are found by the beginnings of the words of their names, whatever stands above, below or across the letters: `zoe` finds Zoë.

-- A text as it is searched: small letters without accents, points and bars, ligatures as two letters. It is computed here, and not by the
-- extension `unaccent`, which is not everywhere; what is decomposed first is folded in every script.
create function folded(words text) returns text
    language sql immutable strict parallel safe
    return normalize(lower(replace(replace(replace(replace(replace(replace(replace(
        translate(
            regexp_replace(normalize(words, nfkd), '[\u0300-\u036F\u0591-\u05C7\u064B-\u065F\u0670]', '', 'g'),
            'ØøŁłĐđĦħŦŧı', 'OoLlDdHhTti'),
        'ß', 'ss'), 'ẞ', 'SS'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe'), 'Þ', 'Th')), nfkc);

-- `words` and its index are read by servers older than this alone.
alter table account add column search tsvector not null generated always as
    (to_tsvector('simple', folded(translate(username || ' ' || display_name, '._-@/:''"', '        ')))) stored;

create index account_search on account using gin (search);

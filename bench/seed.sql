-- What bench/seed.py runs, in this order. :n is the number of cases; every part of a case follows from its number.

INSERT INTO compliance_party (id, ref, unit_id, kind, name, sort_key, created_by_id, created_at, changed_at)
SELECT i, 'P-' || lpad(i::text, 5, '0'), 1 + i % 4, 'organization', 'Example Company ' || i || ' 示例公司',
  'example company ' || i, 1 + i % :people, now(), now() FROM generate_series(1, :parties) i;

INSERT INTO compliance_fact (party_id, key, value, cannot_be_known, source, as_of, recorded_at, recorded_by_id)
SELECT i, k, to_jsonb((ARRAY['SG','CN','DE','JP','AE','US'])[1 + i % 6]), false, 'register extract', '2026-01-15', now(), 1
FROM generate_series(1, :parties) i,
  unnest(ARRAY['party.country','party.headquarters','party.ultimate_parent_headquarters']) k;

INSERT INTO compliance_item (id, ref, unit_id, kind, vendor, model, description, eccn, created_by_id, created_at, changed_at)
SELECT i, 'I-' || lpad(i::text, 5, '0'), 1 + i % 4, 'chip', 'Vendor ' || i % 20, 'X' || i, '',
  (ARRAY['3A090.a','3A090.b','4A090.a','EAR99'])[1 + i % 4], 1, now(), now() FROM generate_series(1, :items) i;

INSERT INTO compliance_fact (item_id, key, value, cannot_be_known, source, as_of, recorded_at, recorded_by_id)
SELECT i, 'item.tpp', to_jsonb((1000 + i * 20)::text), false, 'data sheet', '2026-01-10', now(), 1
FROM generate_series(1, :items) i;

INSERT INTO compliance_case (id, ref, unit_id, title, activity, state, exporting_from, destination, route, planned_on,
  end_use, purchase_order, value, currency, created_by_id, assigned_to_id, created_at, changed_at, submitted_at,
  shipped_on, outcome, next_due_on, version)
SELECT i, 'GH-' || (2023 + i / 27000) || '-' || lpad(i::text, 6, '0'), 1 + i % 4,
  (i % 60 + 1) || ' accelerators to Example Company ' || (1 + i % :parties),
  (ARRAY['export','reexport','transfer','iaas','export','export'])[1 + i % 6],
  (ARRAY['shipped','closed','shipped','closed','refused','under_review','awaiting_approval','authorized',
         'authorization_pending','draft'])[1 + i % 10],
  'US', (ARRAY['SG','DE','JP','AE','CN','GB'])[1 + i % 6], '[]',
  date '2023-01-02' + (i / 68)::int, 'Training of weather models in the customer''s own data center.',
  'PO-' || i, 10000 + (i * 37) % 900000, 'USD', 1 + i % :people, CASE WHEN i % 3 = 0 THEN NULL ELSE 1 + (i * 7) % :people END,
  :start + (i * interval '20 minutes'), now(), :start + (i * interval '20 minutes') + interval '1 hour',
  CASE WHEN i % 10 < 4 THEN date '2023-01-02' + (i / 68)::int + 5 END,
  (ARRAY['license_exception','no_license_required','license_required','undetermined'])[1 + i % 4],
  CASE WHEN i % 10 >= 5 THEN current_date + (i % 60) - 10 END, 6
FROM generate_series(1, :n) i;

INSERT INTO compliance_caseline (case_id, item_id, quantity, unit_value)
SELECT i, 1 + i % :items, 1 + i % 60, 25000 FROM generate_series(1, :n) i;

INSERT INTO compliance_caseparty (case_id, party_id, role)
SELECT i, 1 + (i * part) % :parties, role FROM generate_series(1, :n) i,
  (VALUES (1, 'end_user'), (3, 'purchaser')) roles(part, role);

INSERT INTO screening_run (id, at, state, failure, gaps, subjects, subject_digest, snapshots, snapshot_digests, coverage,
  matcher_version, threshold, rules)
SELECT i, :start + (i * interval '20 minutes') + interval '70 minutes', 'complete', '', '[]', '{}', repeat('a', 64), '{}',
  ARRAY[repeat('b', 64)], jsonb_build_object('as_of', :start + (i * interval '20 minutes'), 'sample', false,
  'entries', 25000), '1', 0.7, '[]' FROM generate_series(1, :n) i WHERE i % 10 <> 9;

INSERT INTO compliance_casescreening (case_id, run_id, at, by_id, subjects)
SELECT id, id, at, 1, jsonb_build_object('party:P-00001', 'Example Company') FROM screening_run;

INSERT INTO compliance_flagstate (case_id, code, answer, missing, detail, evaluated_at, closed_because, closed_answer)
SELECT i, 'EAR-RF-0' || f, CASE WHEN (i + f) % 9 = 0 THEN 'raised' ELSE 'not_raised' END, '[]', '{}', now(), '', ''
FROM generate_series(1, :n) i, generate_series(1, 4) f WHERE i % 10 <> 9;

INSERT INTO compliance_storeddetermination (id, case_id, "on", made_at, made_by_id, lines, outcome, outcome_codified,
  outcome_enforced, governing, rulebook, facts_digest, screening_run_id, snapshots, digest)
SELECT i, i, date '2023-01-02' + (i / 68)::int, :start + (i * interval '20 minutes') + interval '80 minutes', 1,
  CASE WHEN i % 100 = 1 THEN :whole ::jsonb ELSE '[]' END, o, 'license_required', o, 'enforced', :rulebook, md5(i::text),
  i, '[]', md5(i::text) || md5('d' || i) FROM generate_series(1, :n) i,
  LATERAL (SELECT (ARRAY['license_exception','no_license_required','license_required','undetermined'])[1 + i % 4] o) x
WHERE i % 10 <> 9;

INSERT INTO compliance_decision (id, case_id, determination_id, recommendation, reason, by_hand, proposed_by_id, proposed_at,
  content, content_text, checkers_needed, route_reasons, standing, settled_at)
SELECT case_id, case_id, id, CASE WHEN case_id % 10 = 4 THEN 'refuse' ELSE 'proceed' END, 'Facts are complete.', '',
  1 + case_id % :people, made_at + interval '1 hour', md5(case_id::text) || md5(case_id::text), '{}', 1, '[]',
  CASE WHEN case_id % 10 = 6 THEN 'waiting' WHEN case_id % 10 = 4 THEN 'refused' ELSE 'approved' END,
  CASE WHEN case_id % 10 <> 6 THEN made_at + interval '2 hours' END
FROM compliance_storeddetermination WHERE case_id % 10 NOT IN (5, 9);

INSERT INTO compliance_verdict (decision_id, proposed_by_id, by_id, answer, reason, conditions, acknowledged_readings,
  content, at)
SELECT id, proposed_by_id, 1 + proposed_by_id % :people, CASE WHEN standing = 'refused' THEN 'refuse' ELSE 'approve' END,
  'Read and agreed.', '', false, content, settled_at FROM compliance_decision WHERE standing <> 'waiting';

INSERT INTO compliance_authorization (id, case_id, unit_id, kind, standing, application, filed_on, registered_on, number,
  granted_on, expires_on, conditions, quantity, recorded_by_id, recorded_at)
SELECT i, i, 1 + i % 4, 'nac', CASE WHEN i % 10 = 8 THEN 'pending' ELSE 'granted' END, 'Z' || i,
  date '2024-05-01', date '2024-05-02', CASE WHEN i % 10 = 8 THEN '' ELSE 'N' || i END,
  CASE WHEN i % 10 <> 8 THEN date '2024-06-01' END, NULL, '', 60, 1, now()
FROM generate_series(1, :n) i WHERE i % 10 IN (0, 7, 8);

INSERT INTO compliance_clock (case_id, authorization_id, kind, title, citation, start_event, started_on, proof, due_on,
  owner_id, standing, reopens)
SELECT case_id, id, 'nac', '', '15 CFR 740.8(c)', 'SNAP-R registration', registered_on, application,
  current_date + (id % 60)::int - 10, 1 + id % :people, 'running', false
FROM compliance_authorization WHERE standing = 'pending';

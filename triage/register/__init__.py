"""What the service knows and must never lose: ledger, cases, events, tasks and outbox, as tables.

Knows nothing of IMAP or SMTP. The modules, by subject:

    database       the engine, transactions, and how database errors become ours
    migrations     the schema's history; `migrate.upgrade` brings a database up to date
    tables         the tables; `states` and `columns` hold their words and types
    ledger         mails taken in, each once; `worklist` hands them out for processing
    mailboxes      what is known of each watched folder
    history        what bears on a mail that is about to be decided upon
    apply          one decision, stored in one transaction
    cases          cases found and shown; `case_commands` changes them on a person's word
    case_number    readable numbers with a token that cannot be forged; `numbering` hands them out
    outbox_queue   mails waiting to be sent, and what became of them
    webhook_queue  what the collection system is to be told
    corrections    wrong readings that people corrected, for training
    retention      what is forgotten of cases that ended long ago
    tasks, events, bounces, reminders, leases
"""

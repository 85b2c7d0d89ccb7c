"""From a mailbox to the ledger: each mail once, none skipped, flagged and filed afterwards.

Knows nothing of what a mail means. The modules, by subject:

    connection    one IMAP connection; the only module that imports imapclient
    folder        a folder and its mails as the server tells of them
    intake        plain values and rules: batches, backlog, what is cut, how a mail is named
    folder_scan   one folder: which mails are unknown, fetched and committed batch by batch
    filing        the courtesy afterwards: a keyword, a move to a folder
    visit         one connection's worth of work on a mailbox and its Sent folder
    watcher       the thread that keeps a mailbox visited, whatever the server does
    status        what the watcher is doing, for /health and metrics

Other rooms use `Watcher`, `connect` and `MailboxStatus`.
"""

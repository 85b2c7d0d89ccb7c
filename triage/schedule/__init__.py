"""On the clock: digests, reminders, reports; each job asks what is due and not yet done.

The modules, by subject (pure ones marked *):

    ticker         APScheduler, saying "look for due work"; one process at a time by a lease
    jobs           the jobs, and how often each is looked for
    plan           what every job is given beside the register and the time
    audience *     who is told what
    gather         the register's rows for all of these; `rows` *, `doubles`, `words`
    digest *       what a reader must know this morning, made of `sections` * and `lines` *;
                   `wording` * and `gist` * give the words
    digest_view    the same as HTML and as plain text
    mailing        the morning's digests, queued once per reader and day
    chase *        which reminders are due; `chasing` sends them, `reminder` words the sender's
    report *       a period's figures; `report_view` shows them, `reporting` sends them
    extension      a sender told that the answer takes longer
    retaining      what is to be forgotten, where the settings say so
    webhook        the collection system told of pauses, by signed calls
    letters        mails to our own people
"""

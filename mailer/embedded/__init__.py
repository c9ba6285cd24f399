"""What `mailer up` starts on one machine and ends again: broker, sandbox, web, worker, scheduler."""

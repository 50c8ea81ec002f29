"""Which job runs when, in the municipality's local time (settings.TIME_ZONE). Beat writes it to its tables at start."""

from __future__ import annotations

from celery.schedules import crontab

SCHEDULE = {
    "feedback.run_overdue_lists": {
        "task": "feedback.run_overdue_lists",
        "schedule": crontab(day_of_week="mon", hour="6", minute="0"),
    },
    "feedback.make_up_overdue_lists": {"task": "feedback.make_up_overdue_lists", "schedule": crontab(minute="20")},
    "feedback.remind_of_deadlines": {
        "task": "feedback.remind_of_deadlines",
        "schedule": crontab(hour="7", minute="0"),
    },
    "feedback.close_not_reached": {"task": "feedback.close_not_reached", "schedule": crontab(hour="2", minute="10")},
    "feedback.delete_expired_uploads": {"task": "feedback.delete_expired_uploads", "schedule": crontab(minute="40")},
    "feedback.look_through_files": {"task": "feedback.look_through_files", "schedule": crontab(minute="*/10")},
    "feedback.apply_retention": {"task": "feedback.apply_retention", "schedule": crontab(hour="2", minute="40")},
    "feedback.forget_requests": {"task": "feedback.forget_requests", "schedule": crontab(hour="3", minute="20")},
    "feedback.place_changes": {"task": "feedback.place_changes", "schedule": crontab()},
    "feedback.forget_batches": {"task": "feedback.forget_batches", "schedule": crontab(hour="3", minute="30")},
    "feedback.send_handovers": {"task": "feedback.send_handovers", "schedule": crontab()},
    "feedback.follow_handovers": {"task": "feedback.follow_handovers", "schedule": crontab()},
    "feedback.fetch_linked_pictures": {"task": "feedback.fetch_linked_pictures", "schedule": crontab()},
    "feedback.take_neighbours_news": {"task": "feedback.take_neighbours_news", "schedule": crontab(minute="*/10")},
    "feedback.ask_neighbours": {"task": "feedback.ask_neighbours", "schedule": crontab(hour="4", minute="15")},
    "feedback.read_mailbox": {"task": "feedback.read_mailbox", "schedule": crontab(minute="*/2")},
    "feedback.forget_mails": {"task": "feedback.forget_mails", "schedule": crontab(hour="3", minute="30")},
    "surveys.remind_of_next_rounds": {
        "task": "surveys.remind_of_next_rounds",
        "schedule": crontab(hour="7", minute="10"),
    },
    "reporting.remind_of_actions": {"task": "reporting.remind_of_actions", "schedule": crontab(hour="7", minute="20")},
    "reporting.count_public_figures": {"task": "reporting.count_public_figures", "schedule": crontab(minute="5")},
    "reporting.compute_indicators": {"task": "reporting.compute_indicators", "schedule": crontab(minute="35")},
    "reporting.sweep_reports": {"task": "reporting.sweep_reports", "schedule": crontab()},
    "reporting.make_due_reports": {"task": "reporting.make_due_reports", "schedule": crontab(hour="5", minute="50")},
    "reporting.put_interviews_away": {
        "task": "reporting.put_interviews_away",
        "schedule": crontab(hour="3", minute="20"),
    },
    "reporting.fetch_figures": {"task": "reporting.fetch_figures", "schedule": crontab(minute="50")},
    "surveys.open_surveys": {"task": "surveys.open_surveys", "schedule": crontab(minute="*/5")},
    "surveys.close_surveys": {"task": "surveys.close_surveys", "schedule": crontab(minute="*/5")},
    "surveys.write_down_who_answered": {
        "task": "surveys.write_down_who_answered",
        "schedule": crontab(hour="3", minute="40"),
    },
    "surveys.sweep_publications": {"task": "surveys.sweep_publications", "schedule": crontab()},
    "organisation.sweep_webhooks": {"task": "organisation.sweep_webhooks", "schedule": crontab()},
    "organisation.delete_old_deliveries": {
        "task": "organisation.delete_old_deliveries",
        "schedule": crontab(hour="3", minute="15"),
    },
    "organisation.seal_audit": {"task": "organisation.seal_audit", "schedule": crontab()},
    "organisation.check_audit": {"task": "organisation.check_audit", "schedule": crontab(hour="4", minute="30")},
    "organisation.sweep_mail": {"task": "organisation.sweep_mail", "schedule": crontab()},
    "organisation.delete_expired_mail": {
        "task": "organisation.delete_expired_mail",
        "schedule": crontab(hour="3", minute="10"),
    },
    "organisation.forget_sign_ins": {
        "task": "organisation.forget_sign_ins",
        "schedule": crontab(hour="3", minute="30"),
    },
}

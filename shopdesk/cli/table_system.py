"""The use cases of people, access and settings by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.marketing import notifications, tidying
from shopdesk.system import api_keys, jobs_list, languages, roles, saved_views, sessions, settings, users

SYSTEM: dict[str, Doing] = {
    "change_settings": as_it_is(settings.change_settings, settings.ChangeSettings),
    "change_user": as_it_is(users.change_user, users.ChangeUser),
    "set_user_active": as_it_is(users.set_user_active, users.SetUserActive),
    "set_user_role": as_it_is(users.set_user_role, users.SetUserRole),
    "unlock_user": as_it_is(users.unlock_user, users.UnlockUser),
    "add_role": as_it_is(roles.add_role, roles.AddRole),
    "change_role": as_it_is(roles.change_role, roles.ChangeRole),
    "mark_read": as_it_is(notifications.mark_read, notifications.MarkRead),
    "mark_all_read": as_it_is(notifications.mark_all_read, notifications.MarkAllRead),
    "set_news_wanted": as_it_is(notifications.set_news_wanted, notifications.SetNewsWanted),
    "tidy_up": as_it_is(tidying.tidy_up, tidying.Tidy),
    "set_own_language": as_it_is(languages.set_own_language, languages.SetOwnLanguage),
    "retry_jobs": as_it_is(jobs_list.retry_jobs, jobs_list.PickJobs),
    "cancel_jobs": as_it_is(jobs_list.cancel_jobs, jobs_list.PickJobs),
    "save_view": as_it_is(saved_views.save_view, saved_views.SaveView),
    "delete_view": as_it_is(saved_views.delete_view, saved_views.DeleteView),
    "end_session": as_it_is(sessions.end_session, sessions.EndSession),
    "revoke_api_key": as_it_is(api_keys.revoke_api_key, api_keys.RevokeApiKey),
}

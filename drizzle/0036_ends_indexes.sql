-- without a transaction
CREATE INDEX CONCURRENTLY "audit_entries_email" ON "audit_entries" USING btree ((details ->> 'email')) WHERE action in ('member.invited', 'member.invited_again', 'member.role_changed', 'member.removed', 'invitation.revoked');--> statement-breakpoint
CREATE INDEX CONCURRENTLY "people_deleted" ON "people" USING btree ("deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "projects_deleted" ON "projects" USING btree ("deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "teams_deleted" ON "teams" USING btree ("deleted_at") WHERE deleted_at is not null;

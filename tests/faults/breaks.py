"""The protocol, broken on purpose in the children of a run: each of these breaks must be caught."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.faults import sabotage
from tests.faults.chaos import Act, Crossing, Scenario


@dataclass(frozen=True)
class Break:
    """One way to break the protocol, the family of runs that shows it first, and how often one is tried."""

    do: Callable[[], object]
    family: str
    transport: str = "sendgrid"
    crossings: tuple[Crossing, ...] = ()
    acts: tuple[Act, ...] = ()
    decision: str = ""

    def of(self, name: str, scenario: Scenario) -> Scenario:
        """Return the scenario, broken so, with what makes it show."""
        changed = replace(scenario, broken=name)
        if self.decision:
            changed = replace(changed, decision=self.decision)
        if self.crossings:
            changed = replace(changed, crossings=self.crossings)
        return replace(changed, acts=self.acts, early=False) if self.acts else changed

    @property
    def rule(self) -> str:
        """Return the rule that falls."""
        return " ".join((self.do.__doc__ or "").split())


def apply(scenario: Scenario) -> None:
    """Break this process, and with it its children to come, as the scenario says; '' breaks nothing."""
    if scenario.broken:
        BREAKS[scenario.broken].do()


# Workers that dawdle between claim and fire.
LATE = tuple(Crossing("claim.after_commit", nth, "late") for nth in range(1, 13))

BREAKS: dict[str, Break] = {
    "commit-after-send": Break(sabotage.commit_after_the_send, "kills"),
    "unknown-retried": Break(sabotage.unknown_is_retried, "answers"),
    "in-flight-rescued": Break(sabotage.in_flight_is_rescued, "stops"),
    "no-second-look": Break(sabotage.no_second_look_at_suppressions, "people"),
    "no-fence": Break(sabotage.no_fence, "stops", crossings=LATE),
    "no-claim": Break(sabotage.no_claim, "kills"),
    "no-send-lock": Break(sabotage.no_send_lock, "answers", crossings=LATE, acts=(Act(0.4, "cancel"),)),
    "5xx-refused": Break(sabotage.server_error_is_a_refusal, "answers"),
    "timeout-refused": Break(sabotage.timeout_is_a_refusal, "answers"),
    "2xx-accepted": Break(sabotage.ok_is_acceptance, "answers"),
    "unknown-accepted": Break(sabotage.unknown_is_sent, "answers"),
    "resend-at-once": Break(sabotage.resend_without_waiting, "answers", decision="policy_resend"),
    "own-state-overwritten": Break(sabotage.own_state_is_overwritten, "people"),
    "begun-not-sent": Break(sabotage.begun_is_not_sent, "kills"),
    "surplus-as-children": Break(sabotage.surplus_as_children, "answers"),
    "latest-event": Break(sabotage.events_count_twice, "webhooks"),
    "event-twice": Break(sabotage.event_inserted_again, "webhooks"),
    "forgery-believed": Break(sabotage.forgery_believed, "webhooks"),
    "freeze-blind": Break(sabotage.freeze_without_the_edition, "people"),
    "cancel-blind": Break(
        sabotage.cancel_without_lock, "answers", crossings=LATE, acts=(Act(0.4, "cancel"),)
    ),
    "done-too-early": Break(sabotage.done_when_the_queue_is_empty, "kills"),
    "no-sweep": Break(sabotage.no_sweep, "kills"),
    "split-in-two": Break(sabotage.split_without_a_transaction, "answers"),
    "smtp-doubt-deferred": Break(sabotage.doubt_is_deferred, "answers", transport="smtp"),
    "smtp-begun-forgotten": Break(sabotage.begun_is_forgotten, "kills", transport="smtp"),
    "400-rejects-all": Break(sabotage.address_refused_rejects_all, "answers"),
    "one-short": Break(sabotage.miscounted_parcel, "kills"),
}

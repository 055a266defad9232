"""Does a path hold only where the policies are there on which an authority of it insists?"""

from __future__ import annotations

from typing import Any

from cryptography import x509

from tests.provenance.chains import authority, holds
from tests.support.authority import make_signer


class TestPolicies:
    ONE, TWO, ANY = (x509.ObjectIdentifier(oid) for oid in ("1.2.3.1", "1.2.3.2", "2.5.29.32.0"))

    def _named(self, *oids: x509.ObjectIdentifier) -> tuple[x509.ExtensionType, bool]:
        return x509.CertificatePolicies([x509.PolicyInformation(oid, None) for oid in oids]), False

    def _required(self, after: int) -> tuple[x509.ExtensionType, bool]:
        return x509.PolicyConstraints(require_explicit_policy=after, inhibit_policy_mapping=None), True

    def _holds(self, middle: list[Any], signer: list[Any]) -> bool:
        return holds(make_signer(authority("Middle", authority("Root"), extra=middle), extra=signer))

    def test_without_a_demand_policies_do_not_count(self) -> None:
        assert self._holds([self._named(self.ONE)], [self._named(self.TWO)])
        assert self._holds([], [])

    def test_a_demand_is_met_by_a_common_policy_alone(self) -> None:
        demand = [self._required(0), self._named(self.ONE)]
        assert self._holds(demand, [self._named(self.ONE, self.TWO)])
        assert self._holds([self._required(0), self._named(self.ANY)], [self._named(self.TWO)])
        assert self._holds(demand, [self._named(self.ANY)])
        assert not self._holds(demand, [self._named(self.TWO)])
        assert not self._holds(demand, [])
        assert not self._holds([self._required(0)], [self._named(self.ONE)])

    def test_a_demand_counts_from_where_it_says(self) -> None:
        assert self._holds([self._required(2), self._named(self.ONE)], [self._named(self.TWO)])
        assert not self._holds([self._required(1), self._named(self.ONE)], [self._named(self.TWO)])
        assert not self._holds([self._named(self.ONE)], [self._named(self.TWO), self._required(0)])

    def test_any_policy_can_be_ruled_out(self) -> None:
        inhibited = (x509.InhibitAnyPolicy(0), True)
        demand = [self._required(0), self._named(self.ONE), inhibited]
        assert not self._holds(demand, [self._named(self.ANY)])
        assert self._holds(demand, [self._named(self.ONE)])

    def test_a_demand_that_only_a_mapping_could_meet_is_not_met(self) -> None:
        mapped = x509.UnrecognizedExtension(
            x509.ObjectIdentifier("2.5.29.33"), bytes.fromhex("300c300a06032a0301" + "06032a0302")
        )
        demand = [self._required(0), self._named(self.ONE), (mapped, True)]
        assert not self._holds(demand, [self._named(self.TWO)])

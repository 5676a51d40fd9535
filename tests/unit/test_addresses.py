"""What is public, and what a guard says of the rest."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue import RefusedError
from segue.addresses import Guard, special


V4 = st.ip_addresses(v=4)
V6 = st.ip_addresses(v=6)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
     "223.255.255.255", "2606:4700::1", "2a00::1", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)  # fmt: skip
def test_a_public_address_is_let_through(address):
    assert Guard().check("hooks.test", address) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "an unspecified address"),
        ("10.255.0.1", "a private address"),
        ("100.64.0.1", "an address shared by a carrier's customers"),
        ("127.255.255.255", "a loopback address"),
        ("169.254.169.254", "a link-local address"),
        ("172.31.0.1", "a private address"),
        ("192.168.1.1", "a private address"),
        ("239.1.1.1", "a multicast address"),
        ("255.255.255.255", "a reserved address"),
        ("::", "an unspecified address"),
        ("::1", "a loopback address"),
        ("::7f00:1", "a reserved address"),
        ("64:ff9b:1::7f00:1", "a reserved address"),
        ("2001:0:4136:e378::1", "a reserved address"),
        ("2002:7f00:1::", "a tunnel's address"),
        ("fd00:ec2::254", "a unique-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("ff02::1", "a multicast address"),
    ],
)
def test_any_other_is_refused_and_called_by_what_it_is(address, kind):
    assert special(ip_address(address)) == kind
    with pytest.raises(RefusedError, match=kind):
        Guard().check("hooks.test", address)


@given(st.one_of(V4, V6))
def test_nothing_that_python_knows_to_be_not_global_is_public(address):
    assert address.is_global or special(address) is not None


@given(st.one_of(V4, V6))
def test_what_is_allowed_is_let_through_and_only_that(address):
    guard, other = Guard((ip_network(address),)), type(address)(int(address) ^ 1)
    assert allows(guard, address)
    assert allows(guard, other) == allows(Guard(), other)


@given(V4)
def test_an_address_is_the_same_in_the_disguise_of_ipv6(address):
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        disguised = IPv6Address(int(IPv6Address(prefix)) + int(address))
        assert allows(Guard(), disguised) == allows(Guard(), address)


def test_a_network_that_is_allowed_is_so_in_the_disguise_of_ipv6_too():
    guard = Guard((ip_network("10.0.0.0/8"),))
    assert [allows(guard, one) for one in ("::ffff:10.1.2.3", "::ffff:127.0.0.1")] == [True, False]


def test_the_refusal_of_a_literal_names_it_once():
    with pytest.raises(RefusedError) as error:
        Guard().check("10.1.2.3", "10.1.2.3")
    assert error.value.code == "PRIVATE_ADDRESS"
    assert str(error.value) == (
        "10.1.2.3 is a private address; if it is meant, "
        'add "allow_private: [10.1.2.3]" to the connection'
    )


def allows(guard, address):
    try:
        guard.check("hooks.test", str(address))
    except RefusedError:
        return False
    return True


def test_the_remedy_of_a_disguised_address_is_one_that_works():
    with pytest.raises(RefusedError, match=r"allow_private: \[127\.0\.0\.1\]"):
        Guard().check("hooks.test", "::ffff:127.0.0.1")
    assert allows(Guard((ip_network(IPv4Address("127.0.0.1")),)), "::ffff:127.0.0.1")

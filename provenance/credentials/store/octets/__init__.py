"""Which octets of a manifest store did nobody sign?"""

"""What all layers are: called, never told to go forward."""

from abc import ABC, abstractmethod


class Module(ABC):
    def __call__(self, *args, **options):
        return self.run(*args, **options)

    @abstractmethod
    def run(self, A): ...

    @abstractmethod
    def backward(self, dLdZ): ...


class Chain(Module):
    """Modules one after the other; `steps` says which."""

    @property
    @abstractmethod
    def steps(self): ...

    def run(self, A):
        for step in self.steps:
            A = step(A)
        return A

    def backward(self, dLdZ):
        for step in reversed(self.steps):
            dLdZ = step.backward(dLdZ)
        return dLdZ

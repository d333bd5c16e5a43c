import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        raise ValueError("[bold red]x[/bold red][/] <script>alert(1)</script> =cmd|'/C calc'!A0 ::error::x ${{ secrets.X }} ]]> &lt;")

    def backward(self, dLdZ):
        return np.zeros((1,))

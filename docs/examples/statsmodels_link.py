"""statsmodels: a logistic regression whose link is right in its tails."""

import numpy as np
import statsmodels.api as sm

import sigmoids as sg


class Logit(sm.families.links.Logit):
    """The logit with the functions of this package; any probability, however small, has one."""

    def __call__(self, p):
        """The logit of probabilities."""
        return sg.logit(p)

    def inverse(self, z):
        """The probabilities of logits."""
        return sg.sigmoid(z)

    def inverse_deriv(self, z):
        """Their slope."""
        return sg.sigmoid_derivative(z)


def main():
    """Fit one model with either link, and say what becomes of extreme arguments."""
    rng = np.random.default_rng(0)
    x = sm.add_constant(rng.normal(size=(1000, 2)))
    y = rng.random(1000) < sg.sigmoid(x @ [0.5, 1.0, -2.0])

    ours, theirs = (
        sm.GLM(y, x, family=sm.families.Binomial(link=link)).fit().params
        for link in (Logit(), sm.families.links.Logit())
    )
    print("parameters:", ours, theirs)
    with np.errstate(all="ignore"):
        tails = {
            "logit of 1e-300": [Logit()(1e-300), sm.families.links.Logit()(1e-300)],
            "slope at 400": [
                Logit().inverse_deriv(400.0),
                sm.families.links.Logit().inverse_deriv(400.0),
            ],
        }
    print("ours and statsmodels':", tails)
    return {"parameters": [ours, theirs], **tails}


if __name__ == "__main__":
    main()

"""scikit-learn: logits as features, in a pipeline that keeps the columns of a data frame."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import sigmoids as sg

to_logits = FunctionTransformer(sg.logit, sg.sigmoid, feature_names_out="one-to-one")


def main():
    """Fit probabilities by a straight line through their logits; return the model's figures."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(0.01, 0.99, (500, 2)), columns=["ours", "theirs"])
    target = 2 * sg.logit(frame["ours"]) - sg.logit(frame["theirs"]) + 1

    model = make_pipeline(to_logits, LinearRegression()).fit(frame, target)
    line = model[-1]
    print("coefficients:", line.coef_, "intercept:", line.intercept_)
    return {
        "columns": list(to_logits.fit_transform(frame).columns),
        "coefficients": [*line.coef_, line.intercept_],
        "back": to_logits.inverse_transform(to_logits.transform(frame)),
        "frame": frame,
    }


if __name__ == "__main__":
    main()

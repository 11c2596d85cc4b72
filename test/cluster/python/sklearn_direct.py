"""What examples/sklearn.ts prints, by scikit-learn itself."""

import json

import numpy as np
from sklearn.linear_model import SGDClassifier

i = np.arange(4000.0)
x = i * 7919 % 1009 / 1024
y = i * 104_729 % 2003 / 2048
points = np.stack([x, y], axis=1)
sides = (x + y > 1).astype("int64")
parts = [slice(k, k + 500) for k in range(0, 4000, 500)]
model = SGDClassifier(random_state=0, alpha=0.001)
for part in parts:
    model.partial_fit(points[part], sides[part], [0, 1])
print(
    json.dumps(
        {
            "weights": model.coef_.ravel().tolist(),
            "intercept": model.intercept_.tolist(),
            "predicted by Python": [int(model.predict(points[part]).sum()) for part in parts],
            "right": int((model.predict(points) == sides).sum()),
        }
    )
)

import dask.array as da

x = da.ones((1000, 1000), chunks=(500, 500))
print((x + x.T).sum().compute(num_workers=2))

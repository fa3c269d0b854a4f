module example.org/detect

go 1.19

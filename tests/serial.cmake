# What holds only where nothing else uses the cores: these give a pool as much as the machine can do.
set_tests_properties(
  WorkerOutages.lose_no_segment
  PoolUnderLoad.answers_what_a_killed_worker_had_and_nobody_else_notices
  PoolUnderLoad.loses_nothing_to_a_throttled_worker
  PoolUnderLoad.keeps_its_memory_and_descriptors
  PROPERTIES RUN_SERIAL TRUE)

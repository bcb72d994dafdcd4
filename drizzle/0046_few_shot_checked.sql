-- without a transaction
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_few_shot";

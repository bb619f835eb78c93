/**
 * 144 measured cells: 16 models on each of 9 data sets, 32 models in all.
 *
 * Luccioni, Jernite, Strubell: Power Hungry Processing: Watts Driving the Cost of AI Deployment? FAccT 2024
 * (doi:10.1145/3630106.3658542). Code and data: github.com/sashavor/co2_inference at 6a97291, MIT licence.
 *
 * How it was measured: the first 1,000 rows of a data set's test or validation split, one request at a time on one
 * GPU, ten runs; the mean over the runs is given here. CodeCarbon counted the *whole machine*: all eight GPUs, seven of
 * them idle, the processor, and an estimate for 1.1 TB of memory. So the joules are those of a host that does
 * nothing else: right for comparing these models with each other, several times what a well-packed server would use.
 * Rounded to four digits.
 *
 * The score stands for accuracy, and is another measure per task: share of right answers (`accuracy`), token overlap with
 * the answer (`f1`), overlap with a reference summary (`rouge`). All lie in [0, 1]; they compare models within a
 * task, never across tasks. A ROUGE of 0.44 is good, an accuracy of 0.44 is not. The scores were
 * published as they stand and not all on unseen text: the 0.9886 of distilbert-…-sst-2 on SST-2 is 66,578 of 67,349, the size
 * of the split it was trained on.
 */

/** Model, score in [0, 1], joules per request, milliseconds per request. */
export type MeasuredCell = readonly [arm: string, score: number, energyJ: number, latencyMs: number];

export interface MeasuredTask {
  readonly task: string;
  readonly score: 'accuracy' | 'f1' | 'rouge';
  readonly cells: readonly MeasuredCell[];
}

export const powerHungryProcessing = {
  source: 'Luccioni et al., Power Hungry Processing, FAccT 2024; data sashavor/co2_inference (MIT)',
  measured_on: '2023',
  hardware: 'one GPU of a host with 8 NVIDIA A100-SXM4-80GB and a Xeon Platinum 8275CL; the whole host is counted',
  /** Distinct requests. The ten runs repeat the same ones: they steady the joules, but tell nothing of other requests. */
  samples: 1000,
} as const;

export const measuredTasks: readonly MeasuredTask[] = [
  {
    task: 'sentiment/imdb',
    score: 'accuracy',
    cells: [
      ['bigscience/bloomz-1b7', 0.9724, 111.9, 80.32],
      ['bigscience/bloomz-3b', 0.9778, 142.2, 93.27],
      ['bigscience/bloomz-560m', 0.9409, 62.34, 46.77],
      ['bigscience/bloomz-7b1', 0.9786, 244.7, 140.9],
      ['cardiffnlp/twitter-xlm-roberta-base-sentiment', 0.7086, 22.69, 8.979],
      ['distilbert-base-uncased-finetuned-sst-2-english', 0.8841, 13.18, 6.565],
      ['finiteautomata/bertweet-base-sentiment-analysis', 0.7207, 18.04, 9.816],
      ['google/flan-t5-base', 0.9466, 49.96, 35.57],
      ['google/flan-t5-large', 0.9634, 93.61, 62.23],
      ['google/flan-t5-xl', 0.9663, 171.6, 71.53],
      ['google/flan-t5-xxl', 0.9691, 528.6, 121.9],
      ['lvwerra/distilbert-imdb', 0.928, 10.23, 5.517],
      ['nlptown/bert-base-multilingual-uncased-sentiment', 0.8482, 17.61, 8.908],
      ['sbcBI/sentiment_analysis_model', 0.7464, 9.366, 5.287],
      ['siebert/sentiment-roberta-large-english', 0.9162, 31.55, 16.02],
      ['twitter-roberta-base-sentiment-latest', 0.7952, 16.06, 8.787],
    ],
  },
  {
    task: 'sentiment/sst2',
    score: 'accuracy',
    cells: [
      ['bigscience/bloomz-1b7', 0.9438, 63.22, 38.02],
      ['bigscience/bloomz-3b', 0.9472, 91.31, 51.83],
      ['bigscience/bloomz-560m', 0.9243, 45.83, 34.21],
      ['bigscience/bloomz-7b1', 0.9438, 175.7, 85.71],
      ['cardiffnlp/twitter-xlm-roberta-base-sentiment', 0.7913, 23.15, 8.808],
      ['distilbert-base-uncased-finetuned-sst-2-english', 0.9886, 13.25, 6.234],
      ['finiteautomata/bertweet-base-sentiment-analysis', 0.8188, 15.86, 9.122],
      ['google/flan-t5-base', 0.9289, 46.47, 35.35],
      ['google/flan-t5-large', 0.9438, 85.23, 61.97],
      ['google/flan-t5-xl', 0.9564, 147.1, 63.56],
      ['google/flan-t5-xxl', 0.9553, 445.7, 91.97],
      ['lvwerra/distilbert-imdb', 0.8784, 10.47, 5.331],
      ['nlptown/bert-base-multilingual-uncased-sentiment', 0.7523, 16.56, 8.624],
      ['sbcBI/sentiment_analysis_model', 0.8062, 10.65, 5.377],
      ['siebert/sentiment-roberta-large-english', 0.9243, 32.83, 16.13],
      ['twitter-roberta-base-sentiment-latest', 0.82, 15.68, 8.841],
    ],
  },
  {
    task: 'sentiment/rotten-tomatoes',
    score: 'accuracy',
    cells: [
      ['bigscience/bloomz-1b7', 0.9296, 65.8, 38.05],
      ['bigscience/bloomz-3b', 0.9493, 99.99, 53.02],
      ['bigscience/bloomz-560m', 0.848, 47.51, 34.12],
      ['bigscience/bloomz-7b1', 0.9465, 181.8, 88.09],
      ['cardiffnlp/twitter-xlm-roberta-base-sentiment', 0.742, 22.33, 8.74],
      ['distilbert-base-uncased-finetuned-sst-2-english', 0.8968, 13.21, 6.313],
      ['finiteautomata/bertweet-base-sentiment-analysis', 0.7739, 15.41, 9.143],
      ['google/flan-t5-base', 0.8846, 48.89, 35.84],
      ['google/flan-t5-large', 0.9174, 92.06, 63.27],
      ['google/flan-t5-xl', 0.9259, 158, 65.22],
      ['google/flan-t5-xxl', 0.9193, 473.5, 94.5],
      ['lvwerra/distilbert-imdb', 0.8152, 10.16, 5.305],
      ['nlptown/bert-base-multilingual-uncased-sentiment', 0.7308, 16.23, 8.634],
      ['sbcBI/sentiment_analysis_model', 0.7636, 10.04, 5.378],
      ['siebert/sentiment-roberta-large-english', 0.9203, 31.69, 16.11],
      ['twitter-roberta-base-sentiment-latest', 0.7664, 15.28, 8.785],
    ],
  },
  {
    task: 'question-answering/sciq',
    score: 'accuracy',
    cells: [
      ['bert-large-uncased-whole-word-masking-finetuned-squad', 0.4774, 32.72, 17.6],
      ['bigscience/bloomz-1b7', 0.959, 110.3, 71.81],
      ['bigscience/bloomz-3b', 0.967, 177, 104.8],
      ['bigscience/bloomz-560m', 0.918, 70.33, 46.47],
      ['bigscience/bloomz-7b1', 0.966, 328.1, 203.2],
      ['deepset/bert-large-uncased-whole-word-masking-squad2', 0.4638, 33.18, 17.57],
      ['deepset/electra-base-squad2', 0.483, 14.9, 9.879],
      ['deepset/roberta-base-squad2', 0.4785, 19.56, 11.03],
      ['deepset/tinyroberta-squad2', 0.4536, 11.55, 6.528],
      ['distilbert-base-cased-distilled-squad', 0.4615, 11.15, 6.46],
      ['distilbert-base-uncased-distilled-squad', 0.4434, 10.67, 6.483],
      ['google/flan-t5-base', 0.61, 68.07, 53.26],
      ['google/flan-t5-large', 0.534, 230.6, 199.2],
      ['google/flan-t5-xl', 0.655, 254.1, 149.6],
      ['google/flan-t5-xxl', 0.721, 660.2, 226],
      ['timpal0l/mdeberta-v3-base-squad2', 0.4604, 36.97, 19.65],
    ],
  },
  {
    task: 'question-answering/squad',
    score: 'f1',
    cells: [
      ['bert-large-uncased-whole-word-masking-finetuned-squad', 0.93, 36.66, 18.86],
      ['bigscience/bloomz-1b7', 0.5033, 137.9, 98.54],
      ['bigscience/bloomz-3b', 0.5341, 225.8, 147.1],
      ['bigscience/bloomz-560m', 0.4269, 88.89, 65.6],
      ['bigscience/bloomz-7b1', 0.5388, 393.1, 261.4],
      ['deepset/bert-large-uncased-whole-word-masking-squad2', 0.925, 35.29, 18.83],
      ['deepset/electra-base-squad2', 0.8882, 16.14, 10.4],
      ['deepset/roberta-base-squad2', 0.9315, 20.63, 11.46],
      ['deepset/tinyroberta-squad2', 0.9793, 12.26, 6.876],
      ['distilbert-base-cased-distilled-squad', 0.8699, 12.05, 6.836],
      ['distilbert-base-uncased-distilled-squad', 0.8655, 11.33, 6.839],
      ['google/flan-t5-base', 0.9487, 76.93, 62.06],
      ['google/flan-t5-large', 0.9683, 148.8, 117.1],
      ['google/flan-t5-xl', 0.968, 243.7, 142.3],
      ['google/flan-t5-xxl', 0.9754, 687.1, 253.6],
      ['timpal0l/mdeberta-v3-base-squad2', 0.9059, 36.43, 19.61],
    ],
  },
  {
    task: 'question-answering/squad-v2',
    score: 'f1',
    cells: [
      ['bert-large-uncased-whole-word-masking-finetuned-squad', 0.8388, 31.84, 17.78],
      ['bigscience/bloomz-1b7', 0.248, 143.3, 105],
      ['bigscience/bloomz-3b', 0.2639, 219.5, 150],
      ['bigscience/bloomz-560m', 0.209, 92.74, 70.77],
      ['bigscience/bloomz-7b1', 0.2667, 384.3, 247.9],
      ['deepset/bert-large-uncased-whole-word-masking-squad2', 0.924, 32.93, 17.65],
      ['deepset/electra-base-squad2', 0.8171, 15.64, 9.908],
      ['deepset/roberta-base-squad2', 0.8295, 19.36, 11.14],
      ['deepset/tinyroberta-squad2', 0.9056, 11.36, 6.52],
      ['distilbert-base-cased-distilled-squad', 0.8694, 11.02, 6.472],
      ['distilbert-base-uncased-distilled-squad', 0.8621, 10.48, 6.493],
      ['google/flan-t5-base', 0.477, 84.07, 68.57],
      ['google/flan-t5-large', 0.5019, 169.5, 137.5],
      ['google/flan-t5-xl', 0.4867, 257.1, 158.8],
      ['google/flan-t5-xxl', 0.4886, 694.7, 253.1],
      ['timpal0l/mdeberta-v3-base-squad2', 0.9037, 36.38, 19.39],
    ],
  },
  {
    task: 'summarization/cnn-dailymail',
    score: 'rouge',
    cells: [
      ['ainize/bart-base-cnn', 0.2597, 103.2, 104.9],
      ['bigscience/bloomz-1b7', 0.1803, 668.9, 631.9],
      ['bigscience/bloomz-3b', 0.211, 758.9, 683],
      ['bigscience/bloomz-560m', 0.1017, 605.8, 610.4],
      ['bigscience/bloomz-7b1', 0.0941, 962.5, 773.6],
      ['facebook/bart-large-cnn', 0.4406, 187.6, 187.2],
      ['google/flan-t5-base', 0.2336, 189.3, 177.4],
      ['google/flan-t5-large', 0.2408, 417.2, 390.7],
      ['google/flan-t5-xl', 0.2371, 512.7, 403.5],
      ['google/flan-t5-xxl', 0.2281, 875.9, 434.9],
      ['google/pegasus-large', 0.3425, 271.4, 236.5],
      ['google/pegasus-multi_news', 0.2902, 253.1, 237.9],
      ['google/pegasus-xsum', 0.2221, 237.8, 235],
      ['pszemraj/led-large-book-summary', 0.3288, 221.7, 207.5],
      ['sshleifer/distilbart-cnn-12-6', 0.4424, 119.6, 119.6],
      ['sshleifer/distilbart-xsum-12-6', 0.2303, 127.5, 117.1],
    ],
  },
  {
    task: 'summarization/samsum',
    score: 'rouge',
    cells: [
      ['ainize/bart-base-cnn', 0.2702, 99.28, 101.7],
      ['bigscience/bloomz-1b7', 0.257, 288.2, 252.3],
      ['bigscience/bloomz-3b', 0.2792, 409.9, 340.1],
      ['bigscience/bloomz-560m', 0.2253, 424.6, 416.1],
      ['bigscience/bloomz-7b1', 0.3183, 610.7, 453.5],
      ['facebook/bart-large-cnn', 0.3153, 185.4, 185.2],
      ['google/flan-t5-base', 0.4569, 196, 193.5],
      ['google/flan-t5-large', 0.4539, 380.2, 372.3],
      ['google/flan-t5-xl', 0.4919, 433, 356.2],
      ['google/flan-t5-xxl', 0.3033, 793, 414.5],
      ['google/pegasus-large', 0.2703, 252.5, 234.5],
      ['google/pegasus-multi_news', 0.1154, 241.6, 238.7],
      ['google/pegasus-xsum', 0.2197, 238.7, 238.8],
      ['pszemraj/led-large-book-summary', 0.3345, 221.5, 208.3],
      ['sshleifer/distilbart-cnn-12-6', 0.2914, 120.4, 120.8],
      ['sshleifer/distilbart-xsum-12-6', 0.2032, 119.7, 117.3],
    ],
  },
  {
    task: 'summarization/xsum',
    score: 'rouge',
    cells: [
      ['ainize/bart-base-cnn', 0.1591, 108.7, 105.7],
      ['bigscience/bloomz-1b7', 0.1553, 704.5, 647],
      ['bigscience/bloomz-3b', 0.1722, 732.7, 625.4],
      ['bigscience/bloomz-560m', 0.1463, 500.9, 477.8],
      ['bigscience/bloomz-7b1', 0.2145, 925.2, 713.4],
      ['facebook/bart-large-cnn', 0.2079, 198.2, 188.6],
      ['google/flan-t5-base', 0.322, 225.1, 228.2],
      ['google/flan-t5-large', 0.3047, 425.7, 432.6],
      ['google/flan-t5-xl', 0.3844, 477.4, 440.6],
      ['google/flan-t5-xxl', 0.3727, 686.5, 478.9],
      ['google/pegasus-large', 0.1745, 252.6, 234.2],
      ['google/pegasus-multi_news', 0.164, 247.5, 235],
      ['google/pegasus-xsum', 0.2181, 251.1, 236.6],
      ['pszemraj/led-large-book-summary', 0.1624, 230.5, 209.2],
      ['sshleifer/distilbart-cnn-12-6', 0.2103, 125.7, 120.2],
      ['sshleifer/distilbart-xsum-12-6', 0.4529, 120.2, 116.1],
    ],
  },
];

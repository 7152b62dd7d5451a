using Decant.Connectors.Text;
using Decant.Connectors.Training;
using Decant.Samples.TrainTiny.Corpus;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>Examples as tokens. Prompts and answers are tokenized apart, as at inference an answer begins behind a finished prompt.</summary>
internal sealed class TrainingStream(TextTokenizer tokenizer)
{
    public IEnumerable<TrainingExample> Tokens(IEnumerable<Example> examples) => examples.Select(Tokens);

    public TrainingExample Tokens(Example example)
    {
        var ids = new List<int>();
        var learn = new List<bool>();
        foreach (var piece in ExampleText.Default.Pieces(example)) Add(piece.Text, piece.IsAnswer);
        // The next example of a row follows as the next turn of a conversation would.
        Add("\n", false);
        return new TrainingExample(ids, learn);

        void Add(string text, bool isAnswer)
        {
            ids.AddRange(tokenizer.Encode(text, addSpecialTokens: false));
            while (learn.Count < ids.Count) learn.Add(isAnswer);
        }
    }
}

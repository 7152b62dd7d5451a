using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.World;

foreach (var example in Mixture.General(TinyWorld.Default).Examples(1).Take(int.Parse(args[0])))
{
    foreach (var piece in ExampleText.Default.Pieces(example)) Console.Write(piece.IsAnswer ? $"\e[32m{piece.Text}\e[0m" : piece.Text);
    Console.WriteLine();
}

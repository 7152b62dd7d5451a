using System.Diagnostics; using Decant.Connectors.Cpu; using Decant.Connectors.Cpu.Kernels; using Decant.Connectors.Cpu.Threading; using Decant.Connectors.Cpu.Memory;
unsafe {
int rows=2048, cols=2048, mats=24;
var pool=WorkerPool.Rent(2);
foreach (var fmt in new[]{WeightFormat.BFloat16,WeightFormat.Int8,WeightFormat.Float32}) {
 var ms=new List<PackedMatrix>(); var rnd=new Random(1); var row=new float[cols]; for(int i=0;i<cols;i++)row[i]=(float)(rnd.NextDouble()-.5);
 for(int m=0;m<mats;m++){var p=PackedMatrix.Create(fmt,rows,cols,64); for(int r=0;r<rows;r++)p.PackRow(r,row); ms.Add(p);}
 long bytes=ms.Sum(m=>m.Bytes);
 foreach (var t in new[]{1,2,4,8,16,32,512}) {
  var act=new PackedActivations(t,cols); act.Reshape(t,cols,ms[0].Activations); fixed(float*x=row) for(int f=0;f<t;){int w=PackedActivations.BlockWidth(f,t,KernelChoice.MaxTokens); for(int l=0;l<w;l++)act.Pack(x,f,w,l,0,cols); f+=w;}
  var y=new NativeBuffer((long)t*rows*4);
  double best=1e9; int reps=t>64?2:12;
  for(int rep=0;rep<reps;rep++){ var sw=Stopwatch.StartNew(); pool.Run(new W(ms,act,y.Floats,rows,pool)); best=Math.Min(best,sw.Elapsed.TotalSeconds);}
  Console.WriteLine($"{fmt} t={t} {best*1e3:F2} ms  {bytes/best/1e9:F1} GB/s  {2.0*rows*cols*mats*t/best/1e9:F0} GFLOP/s");
 }
 ms.ForEach(m=>m.Dispose());
}}
unsafe sealed class W(List<PackedMatrix> ms, PackedActivations a, float* y, int stride, WorkerPool pool):ITeamWork { public void Run(int m){ foreach(var p in ms){ int n=p.PanelCount; p.Multiply(a, n*m/pool.Size, n*(m+1)/pool.Size, y, stride, new Epilogue(null)); pool.Meet(); } } }
